// Tidying up after a test, last things first: what was started later may need what was there before it.

const tasks = new WeakMap();

/** Does this after the test, before what was asked for earlier. */
export function afterwards(t, task) {
  const mine = tasks.get(t) ?? [];
  if (!tasks.has(t)) {
    tasks.set(t, mine);
    t.after(async () => {
      for (const next of mine.toReversed()) await next();
    });
  }
  mine.push(task);
}
