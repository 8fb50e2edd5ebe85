import { expect, test } from "vitest";
import { batchKind, operationOf } from "./batchable.ts";

function operations(...actions: readonly string[]) {
  return actions.map((action) => ({ model: "Spool", action, args: {} }));
}

test.each([
  [["findMany", "count"], "reads"],
  [["findUnique", "findFirst", "aggregate", "groupBy"], "reads"],
  [["create", "createMany", "createManyAndReturn", "updateMany", "deleteMany", "count"], "writes"],
])("%j are one request of %s", (actions, kind) => {
  expect(batchKind(operations(...actions))).toBe(kind);
});

test.each([
  [["update"]],
  [["create", "delete"]],
  [["upsert"]],
  [["findUniqueOrThrow"]],
  [["create", "findMany"]],
  [[]],
  [Array.from({ length: 101 }, () => "count")],
])("%j need a session", (actions) => {
  expect(batchKind(operations(...actions))).toBeUndefined();
});

test("what loads relations needs a session, and what counts doesn't", () => {
  const [find] = operations("findMany");
  const [count] = operations("count");

  expect(
    batchKind([{ model: "Spool", action: "findMany", args: { include: { maker: true } } }]),
  ).toBeUndefined();
  expect(
    batchKind([{ model: "Spool", action: "create", args: { data: {}, select: { id: true } } }]),
  ).toBeUndefined();
  expect(find && batchKind([{ ...find, args: { where: { maker: { is: { id: 1 } } } } }])).toBe("reads");
  expect(count && batchKind([{ ...count, args: { select: { _all: true } } }])).toBe("reads");
});

test("a promise of Prisma says what it stands for, others don't", () => {
  const promise = { spec: { model: "Spool", action: "count", args: undefined } };

  expect(operationOf(promise)).toEqual({ model: "Spool", action: "count", args: {} });
  expect(operationOf({ spec: undefined })).toBeUndefined();
  expect(operationOf(Promise.resolve())).toBeUndefined();
});
