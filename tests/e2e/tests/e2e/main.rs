//! What a program does with generated models, over HTTP, against the sandbox's company.

mod blocking;
mod failures;
mod groups;
mod methods;
mod nested;
mod reading;
mod writing;
