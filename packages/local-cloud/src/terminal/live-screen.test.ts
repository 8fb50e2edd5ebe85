import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveScreen } from "./live-screen.ts";
import { span } from "./line.ts";

class FakeTerminal extends EventEmitter {
  columns = 80;
  rows = 24;
  readonly writes: string[] = [];

  write(text: string): void {
    this.writes.push(text);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function shown(text: { value: string }): { readonly terminal: FakeTerminal; readonly screen: LiveScreen } {
  const terminal = new FakeTerminal();
  const screen = new LiveScreen(terminal, {
    hasColors: false,
    lines: ({ columns }) => [[span(`${text.value} in ${columns}`)], [span("second")]],
  });
  screen.enter();
  return { terminal, screen };
}

test("many changes are one drawing, which overwrites instead of clearing", () => {
  const text = { value: "first" };
  const { terminal, screen } = shown(text);
  terminal.writes.length = 0;

  for (let count = 0; count < 1000; count += 1) {
    text.value = `change ${count}`;
    screen.changed();
  }
  vi.advanceTimersByTime(150);

  expect(terminal.writes).toEqual([
    "\u001B[?2026h\u001B[Hchange 999 in 80\u001B[K\r\nsecond\u001B[K\u001B[J\u001B[?2026l",
  ]);
  screen.leave();
});

test("a frame that is the same isn't written again", () => {
  const { terminal, screen } = shown({ value: "same" });
  terminal.writes.length = 0;

  screen.changed();
  vi.advanceTimersByTime(5000);

  expect(terminal.writes).toEqual([]);
  screen.leave();
});

test("a resize draws at once, in the new size", () => {
  const { terminal, screen } = shown({ value: "text" });
  terminal.writes.length = 0;

  terminal.columns = 40;
  terminal.emit("resize");

  expect(terminal.writes.join("")).toContain("text in 40");
  screen.leave();
});

test("leaving gives the terminal back once, and nothing is written after that", () => {
  const text = { value: "text" };
  const { terminal, screen } = shown(text);
  terminal.writes.length = 0;

  screen.changed();
  screen.leave();
  screen.leave();
  text.value = "late";
  screen.changed();
  vi.advanceTimersByTime(5000);

  expect(terminal.writes).toEqual(["\u001B[?25h\u001B[?1049l"]);
  expect(terminal.listenerCount("resize")).toBe(0);
});

test("entering twice, as after being stopped by another process, is entering once", () => {
  const { terminal, screen } = shown({ value: "text" });

  screen.enter();

  expect(terminal.listenerCount("resize")).toBe(1);
  screen.leave();
  expect(vi.getTimerCount()).toBe(0);
});
