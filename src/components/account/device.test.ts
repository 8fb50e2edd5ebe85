import { expect, test } from "vitest";
import { deviceName } from "./device.ts";

const AGENTS: readonly (readonly [string | null, string])[] = [
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"],
  [
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Edge on macOS",
  ],
  ["curl/8.5.0", "An unknown device"],
  ["something (X11; Linux x86_64)", "A program on Linux"],
  [null, "An unknown device"],
];

test.each(AGENTS)("%s is %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
