//! The process of one fault: makes every call to the server that it is told of, and prints what came of them.

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let task = std::env::args().nth(1).expect("a task, as JSON");
    let task = serde_json::from_str(&task).expect("a task, as JSON");
    let report = odx_faults::run(&task).await;
    println!("{}", serde_json::to_string(&report).expect("JSON"));
}
