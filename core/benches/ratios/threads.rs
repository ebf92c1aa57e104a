//! `Keeper::fresh_token` from several threads at once: of one account that all of them want, and of one for each.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use shutterkey::Keeper;

/// How often each thread asks in a round.
const TIMES: u32 = 400_000;

/// How often everything is measured.
const ROUNDS: usize = 15;

/// Prints what a call takes, and how much more is answered by two threads, four, and so on than by one.
pub(crate) fn print(keeper: &Keeper, accounts: &[String]) {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let most = processors.min(accounts.len());
    println!("\nA fresh token over threads: median of {ROUNDS} rounds; {processors} processors");
    println!(
        "{:<10} {:>22} {:>9} {:>22} {:>9}",
        "threads", "one account, ns a call", "times one", "one each, ns a call", "times one"
    );
    let same = vec![accounts[0].clone(); most];
    let counts: Vec<usize> = (0..)
        .map(|power| 1 << power)
        .take_while(|count| *count <= most)
        .collect();
    let mut taken = vec![[Vec::new(), Vec::new()]; counts.len()];
    for _ in 0..ROUNDS {
        for (count, taken) in counts.iter().zip(&mut taken) {
            taken[0].push(nanoseconds(keeper, &same[..*count]));
            taken[1].push(nanoseconds(keeper, &accounts[..*count]));
        }
    }
    let of_one = [middle(&taken[0][0]), middle(&taken[0][1])];
    for (count, taken) in counts.iter().zip(&taken) {
        let [same, each] = [middle(&taken[0]), middle(&taken[1])];
        #[allow(clippy::cast_precision_loss, reason = "a count of threads")]
        let gain = |alone: f64, now: f64| alone / now * *count as f64;
        println!(
            "{count:<10} {same:>22.1} {:>9.2} {each:>22.1} {:>9.2}",
            gain(of_one[0], same),
            gain(of_one[1], each)
        );
    }
}

/// What a call takes each thread, one thread an account.
fn nanoseconds(keeper: &Keeper, accounts: &[String]) -> f64 {
    let begin = Barrier::new(accounts.len());
    let slowest = thread::scope(|scope| {
        let threads: Vec<_> = accounts
            .iter()
            .map(|account| {
                scope.spawn(|| {
                    begin.wait();
                    let began = Instant::now();
                    for _ in 0..TIMES {
                        black_box(keeper.fresh_token(black_box(account)).unwrap());
                    }
                    began.elapsed()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
    });
    slowest.as_secs_f64() * 1e9 / f64::from(TIMES)
}

fn middle(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
