-- When a job was due that is set aside, because nobody speaks to its institution. Its `run_at` is never
-- meanwhile, so that a claim comes past none of them.
alter table jobs add column aside_due integer;
create index jobs_aside on jobs (institution) where aside_due is not null;
