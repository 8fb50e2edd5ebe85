/** Gives a function that runs what it is given one after the other, in the order of the calls, failed ones included. */
export function takingTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let previous: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const turn = previous.then(work);
    previous = turn.catch(() => "its own caller hears of it");
    return turn;
  };
}
