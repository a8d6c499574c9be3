-- What is behind is compared by other figures than before, from which the evidence so far cannot be computed: it begins anew.
update cache_experiments set arms = (
  select jsonb_agg(
    arm || '{"behindEvidence": {"comparisons": 0, "weight": 0, "sum": 0, "squares": 0, "scale": 0, "strongest": 0}}'::jsonb
    order by place
  )
  from jsonb_array_elements(arms) with ordinality as each (arm, place)
);
