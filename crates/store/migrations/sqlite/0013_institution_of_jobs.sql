-- So that a process leaves alone what it has no connector for. Null where nobody is spoken to, and in
-- rows of programs that do not know of it: everybody tries those.
alter table jobs add column institution text;
