-- Counters of the rate limiter, for processes that count together: `expire` is in milliseconds since 1970. They may be lost in a
-- crash, so that counting waits for no disk. The order of the columns is the one that rate-limiter-flexible writes.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
