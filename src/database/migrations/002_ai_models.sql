-- The models of the built-in provider. Prices are in US dollars for a million tokens.
insert into ai_models (id, name, provider, input_usd_per_million, output_usd_per_million, position) values
  ('magpie-quill', 'Magpie Quill', 'built-in', 0.15, 0.60, 0),
  ('magpie-plume', 'Magpie Plume', 'built-in', 2.50, 10.00, 1);
