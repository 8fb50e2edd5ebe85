import { written, type Line } from "./line.ts";
import type { Size } from "./view.ts";

/** The terminal, as far as the screen uses it. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const ESC = "\u001B[";
/** @see https://invisible-island.net/xterm/ctlseqs/ctlseqs.html for 1049 (another screen) and 25 (the cursor). */
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
/** What comes between is shown at once, where the terminal knows it. @see https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036 */
const BEGIN_UPDATE = `${ESC}?2026h`;
const END_UPDATE = `${ESC}?2026l`;
const HOME = `${ESC}H`;
const CLEAR_TO_END_OF_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

const FRAME_MS = 100;
const IDLE_MS = 1000;

/**
 * A screen of its own that is drawn again when something changed, at most ten times a second, and each second for what
 * only grows older. It is never cleared first, so it doesn't flicker; a frame that is the same isn't written again.
 */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #hasColors: boolean;
  readonly #lines: (size: Size) => readonly Line[];
  readonly #redraw = () => this.draw(true);
  #shown = "";
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    terminal: Terminal,
    options: { readonly hasColors: boolean; readonly lines: (size: Size) => readonly Line[] },
  ) {
    this.#terminal = terminal;
    this.#hasColors = options.hasColors;
    this.#lines = options.lines;
  }

  /** Takes the terminal, or draws anew where it has it already. */
  enter(): void {
    this.leave();
    this.#terminal.write(ENTER);
    this.#terminal.on("resize", this.#redraw);
    this.#idle = setInterval(() => this.changed(), IDLE_MS).unref();
    this.draw(true);
  }

  /** Gives the terminal back as it was. Idempotent. */
  leave(): void {
    if (this.#idle === undefined) return;
    clearInterval(this.#idle);
    clearTimeout(this.#timer);
    this.#idle = undefined;
    this.#timer = undefined;
    this.#terminal.off("resize", this.#redraw);
    this.#terminal.write(LEAVE);
  }

  /** Something is new: it is drawn soon. */
  changed(): void {
    if (this.#idle === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.draw(false);
    }, FRAME_MS).unref();
  }

  draw(evenIfSame: boolean): void {
    const size = { columns: this.#terminal.columns ?? 80, rows: this.#terminal.rows ?? 24 };
    const lines = this.#lines(size).map((line) => written(line, size.columns, this.#hasColors));
    const frame = lines.join(`${CLEAR_TO_END_OF_LINE}\r\n`);
    if (frame === this.#shown && !evenIfSame) return;
    this.#shown = frame;
    this.#terminal.write(`${BEGIN_UPDATE}${HOME}${frame}${CLEAR_TO_END_OF_LINE}${CLEAR_BELOW}${END_UPDATE}`);
  }
}
