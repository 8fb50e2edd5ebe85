import { describe, expect, test } from "vitest";
import { judgeUrls, judgeWorkflow } from "./environments.ts";

describe("the doctor looks at the environments", () => {
  test("and finds addresses that nobody has filled in", () => {
    const urls = new Map([
      ["staging", "https://change-me.example.com"],
      ["production", "https://change-me.example.com"],
    ]);

    expect(judgeUrls(urls)).toMatchObject([
      { state: "missing", sentence: "url of staging is the placeholder" },
      { state: "missing", sentence: "url of production is the placeholder" },
    ]);
  });

  test("and finds two with one address, and nothing about addresses that differ", () => {
    const urls = (staging: string) =>
      new Map([
        ["staging", staging],
        ["production", "https://shop.example.com"],
      ]);

    expect(judgeUrls(urls("https://shop.example.com/"))).toMatchObject([
      { state: "missing", sentence: "staging and production have one url, shop.example.com" },
    ]);
    expect(judgeUrls(urls("https://staging.shop.example.com"))).toEqual([]);
  });

  test.each([
    ["missing", undefined],
    ["missing", "jobs: { deploy: { environment: pre-production } }"],
    ["ok", "jobs:\n  deploy:\n    environment: production\n"],
  ])("and says %s of an approval by its workflow", (state, text) => {
    expect(judgeWorkflow("production", "deploy.yml", text).state).toBe(state);
  });
});
