interface Waiting<Kind> {
  readonly kind: Kind;
  readonly begin: () => void;
}

/** Work of several kinds: what is of one kind runs together, and never beside another kind. In the order of asking. */
export class Turns<Kind extends string> {
  readonly #waiting: Waiting<Kind>[] = [];
  #kind: Kind | undefined;
  #running = 0;

  /** Runs `work` when it is its kind's turn. */
  async take<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ kind, begin });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#running > 0 && first.kind !== this.#kind) return;
      this.#waiting.shift();
      this.#kind = first.kind;
      this.#running += 1;
      first.begin();
    }
  }
}
