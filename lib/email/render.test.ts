import { expect, test } from "vitest";
import { accountExists, confirmAddress, passwordChanged } from "./message.ts";
import { renderMail } from "./render.tsx";

const URL_ = "https://fm5.example.com/verify#token=a.b&c=d";

test("a mail has the same words as a page and as plain text", async () => {
  const message = confirmAddress(URL_);

  const { subject, html, text } = await renderMail(message);

  expect(subject).toBe("Confirm your e-mail address");
  expect(text).toContain(`Confirm my address:\n${URL_}\n`);
  expect(html).toMatch(/^<!DOCTYPE html>/u);
  expect(html.split(URL_.replace("&", "&amp;")).length - 1).toBeGreaterThanOrEqual(2);
  for (const words of [...message.paragraphs, message.footnote]) {
    expect(html).toContain(words);
    expect(text).toContain(words);
  }
});

test("a mail runs no script and loads nothing", async () => {
  for (const message of [confirmAddress(URL_), accountExists(URL_, URL_), passwordChanged(URL_)]) {
    const { html } = await renderMail(message);

    expect(html).not.toMatch(/<script|src=|url\(|@import/u);
  }
});
