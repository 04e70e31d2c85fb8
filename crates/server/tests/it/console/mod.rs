//! The console: who may come in, what each page shows, and that whatever is done is written down.

mod desk;
mod forms;
mod full;
mod institutions;
mod links;
mod pages;
mod seen;
mod sign_in;
mod webhooks;
