import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { AppError, type AppErrorCode } from "./app-error.ts";
import { type RequestContext, withRequestContext } from "./request-context.ts";
import { answerApi, publicProcedure, router } from "./trpc.ts";

const CONTEXT = {
  requestId: "request-1",
  deployment: { release: "r-1", version: "v-1", environment: "staging" },
} as RequestContext;

const REFUSALS: readonly (readonly [AppErrorCode, number])[] = [
  ["not_found", 404],
  ["conflict", 409],
  ["invalid", 400],
  ["too_large", 413],
  ["damaged", 422],
  ["rate_limited", 429],
  ["forbidden", 403],
  ["unauthorized", 401],
  ["unavailable", 503],
];

const sample = router({
  refuse: publicProcedure.input(z.string()).query(({ input }) => {
    throw new AppError({ code: input as AppErrorCode, message: "It is taken.", hint: "Take another." });
  }),
  hurry: publicProcedure.query(() => {
    throw new AppError({ code: "rate_limited", message: "Too often.", retryAfterSeconds: 30 });
  }),
  misname: publicProcedure.query(() => {
    throw new AppError({ code: "conflict", message: "It is taken.", field: "name" });
  }),
  fail: publicProcedure.query(() => {
    throw new Error("connection to 10.0.0.1 lost");
  }),
  sum: publicProcedure
    .input(z.object({ spools: z.array(z.object({ grams: z.number().max(5000, "At most 5 kg.") })) }))
    .query(({ input }) => input.spools.length),
  lie: publicProcedure.output(z.object({ secret: z.number() })).query(() => ({ secret: "s3cret" }) as never),
});

async function ask(path: string, input?: unknown) {
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const request = new Request(`https://fm5.example.com/api/trpc/${path}${query}`);
  const answer = await withRequestContext(CONTEXT, () => answerApi(request, sample));
  const retryAfter = answer.headers.get("retry-after");
  return { status: answer.status, retryAfter, error: (await answer.json()).error };
}

afterEach(() => void vi.restoreAllMocks());

test.each(REFUSALS)("a refusal %s is answered with %i, its words and its code", async (code, status) => {
  const answer = await ask("refuse", code);

  expect(answer.status).toBe(status);
  expect(answer.error).toMatchObject({
    message: "It is taken.",
    data: { appCode: code, hint: "Take another.", requestId: "request-1", httpStatus: status },
  });
});

test("bad input is told by its place and what is wrong there", async () => {
  const { status, error } = await ask("sum", { spools: [{ grams: 1 }, { grams: 9000 }] });

  expect(status).toBe(400);
  expect(error).toMatchObject({
    message: "spools.1.grams: At most 5 kg.",
    data: { appCode: "invalid", fields: { "spools.1.grams": "At most 5 kg." } },
  });
});

test("who is too quick is told when to come again", async () => {
  expect(await ask("hurry")).toMatchObject({ status: 429, retryAfter: "30" });
});

test("a refusal tells which input it is about", async () => {
  const { error } = await ask("misname");

  expect(error.data.fields).toEqual({ name: "It is taken." });
});

test.each(["fail", "lie"])("what fails in %s is told to the log alone", async (path) => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});

  const { status, error } = await ask(path);

  expect(status).toBe(500);
  expect(error.message).toBe("Something failed here.");
  expect(error.data).toEqual({
    code: "INTERNAL_SERVER_ERROR",
    httpStatus: 500,
    requestId: "request-1",
  });
  expect(logged).toHaveBeenCalledOnce();
});
