import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
} from "@tanstack/react-router";
import { createRequestHandler } from "@tanstack/react-router/ssr/server";
import { lazy, Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { type RequestContext, withRequestContext } from "../lib/request-context.ts";
import { renderPage } from "./render-page.tsx";

const CONTEXT = {
  requestId: "request-1",
  deployment: { release: "r-1", version: "v-1", environment: "staging" },
} as RequestContext;

const NeverThere = lazy(
  () => new Promise<never>((_resolve, reject) => void setTimeout(() => reject(new Error("late")), 5)),
);

function Broken(): never {
  throw new Error("broken");
}

/** A small site: a page that works, and one for each way to fail. */
function site() {
  const root = createRootRoute({ component: Outlet });
  const page = { getParentRoute: () => root };
  const routeTree = root.addChildren([
    createRoute({ ...page, path: "/", component: () => <p>whole</p> }),
    createRoute({ ...page, path: "/broken", component: Broken }),
    createRoute({ ...page, path: "/loader", loader: () => Promise.reject(new Error("loader")) }),
    createRoute({
      ...page,
      path: "/late",
      component: () => (
        <Suspense fallback={<p>please wait</p>}>
          <NeverThere />
        </Suspense>
      ),
    }),
  ]);
  return createRouter({
    routeTree,
    history: createMemoryHistory(),
    isServer: true,
    defaultNotFoundComponent: () => <p>missing</p>,
  });
}

async function render(path: string): Promise<{ readonly status: number; readonly page: string }> {
  const request = new Request(`https://fm5.example.com${path}`);
  return withRequestContext(CONTEXT, async () => {
    const answer = await createRequestHandler({ request, createRouter: site })(renderPage);
    return { status: answer.status, page: await answer.text() };
  });
}

afterEach(() => void vi.restoreAllMocks());

test("a page is rendered whole", async () => {
  const { status, page } = await render("/");

  expect(status).toBe(200);
  expect(page).toContain("whole");
});

test("a page that leads nowhere keeps its status", async () => {
  expect((await render("/nowhere")).status).toBe(404);
});

test.each(["broken", "loader"])(
  "an error of /%s before the first byte is thrown, so that no page is sent",
  async (path) => {
    await expect(render(`/${path}`)).rejects.toThrow(path);
  },
);

test("an error after the page has begun is told in the log", async () => {
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));

  const { status, page } = await render("/late");

  expect(status).toBe(200);
  expect(page).toContain("please wait");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ message: "a page failed after it had begun", requestId: "request-1" }),
  ]);
});
