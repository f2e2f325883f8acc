//! What an integrator asks of an Odoo.

pub mod company;
pub mod customers;
pub mod follow;
pub mod orders;
pub mod sales;
