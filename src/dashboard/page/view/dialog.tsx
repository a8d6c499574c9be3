import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  /** The word on the button that does it. */
  readonly verb: string;
  readonly isDangerous?: boolean;
  readonly children?: ComponentChildren;
  /** Does it, with what was filled in. What it throws is shown. */
  submit(form: FormData): Promise<void>;
  onClose(): void;
}

/** A question over the page: focus stays in it, and Escape closes it. */
export function Dialog({ title, verb, isDangerous, children, submit, onClose }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string>();
  const [isRunning, setRunning] = useState(false);
  const id = useId();
  useEffect(() => element.current!.showModal(), []);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    setRunning(true);
    submit(new FormData(event.currentTarget as HTMLFormElement)).then(
      () => element.current?.close(), // one that was closed meanwhile may have a successor
      (error: Error) => {
        setProblem(error.message);
        setRunning(false);
      },
    );
  };
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <h2 id={id}>{title}</h2>
        {children}
        <p role="alert" class={problem ? 'problem' : undefined}>
          {problem}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => element.current!.close()}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'main'} disabled={isRunning}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
