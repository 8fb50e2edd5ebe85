import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventTarget } from "../../data-plane.ts";
import type { QueuedMessage, QueueResult } from "../../dataplane/events.ts";
import { openState, type State } from "../../store/state.ts";
import { temporaryFolder } from "../../testing/cloud-process.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { QueuesBackend } from "./backend.ts";
import { Broker } from "./broker.ts";
import { QueueMessages } from "./messages.ts";
import { consumerSettingsSchema, queueSettingsSchema, type NewMessage } from "./model.ts";

const START = "2026-11-01T00:00:00Z";
const OK: QueueResult = {
  outcome: "ok",
  ackAll: false,
  retryBatch: { retry: false },
  explicitAcks: [],
  retryMessages: [],
};

let file: string;
let state: State;
let clock: ManualClock;
let broker: Broker;
let queues: QueuesBackend;
let messages: QueueMessages;
let deployed: boolean;
/** The batches that came, and what the handler does with each. */
let batches: { queue: string; messages: readonly QueuedMessage[] }[];
let handle: (messages: readonly QueuedMessage[]) => QueueResult;

function open(): void {
  state = openState(file);
  queues = new QueuesBackend(state);
  messages = new QueueMessages(state);
  const events = {
    scheduled: () => Promise.reject(new Error("unused")),
    queue: async (batch: (typeof batches)[number]) => {
      batches.push(batch);
      return handle(batch.messages);
    },
  };
  const target = { lease: { instance: { events }, release: () => undefined } } as unknown as EventTarget;
  const targetOf = async () => (deployed ? target : undefined);
  broker = new Broker({ queues, messages, clock, targetOf, log: () => undefined });
}

beforeEach(() => {
  file = join(temporaryFolder(), "state.sqlite");
  clock = new ManualClock(START);
  batches = [];
  deployed = true;
  handle = () => OK;
  open();
});

afterEach(() => {
  broker.stop();
  state.close();
});

function queue(name: string, consumer?: { settings?: object; deadLetters?: string }): string {
  const { queue_id: id } = queues.create(name, queueSettingsSchema.parse({}));
  if (consumer)
    queues.addConsumer(id, {
      script: "worker",
      dead_letter_queue: consumer.deadLetters,
      settings: consumerSettingsSchema.parse(consumer.settings ?? {}),
    });
  return id;
}

const text = (body: string, delaySeconds?: number): NewMessage => {
  return { contentType: "text", body: Buffer.from(body), delaySeconds };
};

/** Lets what is under way end, and moves the clock. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const bodies = () =>
  batches.map((batch) => batch.messages.map(({ body }) => Buffer.from(body, "base64").toString("utf8")));

test("a full batch goes out at once, a part of one after the longest wait", async () => {
  queue("jobs", { settings: { batch_size: 2, max_wait_time_ms: 5000 } });

  broker.send("jobs", [text("a"), text("b"), text("c")]);
  await pass(0);
  expect(bodies()).toEqual([["a", "b"]]);
  await pass(4999);
  expect(bodies()).toHaveLength(1);
  await pass(1);

  expect(bodies()).toEqual([["a", "b"], ["c"]]);
  expect(messages.backlog(queues.byName("jobs")?.queue_id ?? "")).toMatchObject({ backlogCount: 0 });
});

test("a delayed message comes when its delay is over", async () => {
  queue("jobs", { settings: { batch_size: 1 } });

  broker.send("jobs", [text("later", 60), text("now")]);
  await pass(0);
  await pass(59_000);
  expect(bodies()).toEqual([["now"]]);
  await pass(1000);

  expect(bodies()).toEqual([["now"], ["later"]]);
});

test("what a handler throws at is delivered again, then goes to the dead letter queue with its id", async () => {
  queue("jobs", { settings: { batch_size: 1, max_retries: 2, retry_delay: 10 }, deadLetters: "dead" });
  queue("dead", { settings: { batch_size: 1 } });
  handle = () => (batches.at(-1)?.queue === "dead" ? OK : { ...OK, outcome: "exception" });

  broker.send("jobs", [text("poison")]);
  await pass(0);
  for (let retry = 0; retry < 3; retry += 1) await pass(10_000);

  expect(batches.map((batch) => [batch.queue, batch.messages[0]?.attempts])).toEqual([
    ["jobs", 1],
    ["jobs", 2],
    ["jobs", 3],
    ["dead", 1],
  ]);
  expect(new Set(batches.map((batch) => batch.messages[0]?.id)).size).toBe(1);
});

test("without a dead letter queue a message is dropped after its last retry", async () => {
  const id = queue("jobs", { settings: { batch_size: 1, max_retries: 0 } });
  handle = () => ({ ...OK, outcome: "exception" });

  broker.send("jobs", [text("poison")]);
  await pass(0);
  await pass(600_000);

  expect(batches).toHaveLength(1);
  expect(messages.backlog(id).backlogCount).toBe(0);
});

test("a message that was acknowledged by itself isn't delivered again, one that was retried by itself is", async () => {
  queue("jobs", { settings: { batch_size: 3 } });
  handle = ([first, second]) =>
    batches.length === 1
      ? {
          ...OK,
          outcome: "exception",
          explicitAcks: [first?.id ?? ""],
          retryMessages: [{ msgId: second?.id ?? "", delaySeconds: 60 }],
        }
      : OK;

  broker.send("jobs", [text("acked"), text("retried"), text("neither")]);
  await pass(0);
  await pass(5000);
  await pass(60_000);

  expect(bodies()).toEqual([["acked", "retried", "neither"], ["neither"], ["retried"]]);
});

test("messages wait for a consumer, for its deployment, and while delivery is paused", async () => {
  const id = queue("jobs");
  broker.send("jobs", [text("a")]);
  await pass(60_000);
  deployed = false;
  queues.addConsumer(id, {
    script: "worker",
    dead_letter_queue: undefined,
    settings: consumerSettingsSchema.parse({}),
  });
  broker.consider(id);
  await pass(60_000);
  expect(batches).toEqual([]);
  deployed = true;
  queues.update(id, { settings: queueSettingsSchema.parse({ delivery_paused: true }) });
  await pass(60_000);
  expect(batches).toEqual([]);

  queues.update(id, { settings: queueSettingsSchema.parse({}) });
  broker.consider(id);
  await pass(0);

  expect(bodies()).toEqual([["a"]]);
});

test("what was sent before a stop is delivered after the next start", async () => {
  queue("jobs", {});
  broker.send("jobs", [text("kept")]);
  broker.stop();
  state.close();

  open();
  broker.start();
  await pass(5000);

  expect(bodies()).toEqual([["kept"]]);
});

test("a message is dropped when its retention is over", async () => {
  const id = queue("jobs");
  queues.update(id, { settings: queueSettingsSchema.parse({ message_retention_period: 60 }) });
  broker.send("jobs", [text("old")]);
  await pass(61_000);

  queues.addConsumer(id, {
    script: "worker",
    dead_letter_queue: undefined,
    settings: consumerSettingsSchema.parse({}),
  });
  broker.consider(id);
  await pass(60_000);

  expect(batches).toEqual([]);
  expect(messages.backlog(id).backlogCount).toBe(0);
});

test("what can't be noted of a delivery, on a full disk say, is delivered again after a while", async () => {
  queue("jobs", { settings: { batch_size: 1 } });
  state.run(
    "CREATE TRIGGER full BEFORE DELETE ON queue_messages BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
  );
  broker.send("jobs", [text("kept")]);
  await pass(1000);
  expect(batches).toHaveLength(1);

  state.run("DROP TRIGGER full");
  await pass(10_000);

  expect(batches).toHaveLength(2);
  expect(messages.backlog(queues.byName("jobs")?.queue_id ?? "").backlogCount).toBe(0);
});
