import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import { App } from './app.tsx';
import './style/tokens.css';
import './style/page.css';
import './style/cards.css';
import './style/forms.css';
import './style/tables.css';

render(<App />, document.getElementById('app')!);
