#![allow(unused)]

odx_runtime::generated!(0);

fn main() {}
