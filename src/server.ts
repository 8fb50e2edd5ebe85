import { createStartHandler } from "@tanstack/react-start/server";
import { refusePageMethod } from "../lib/methods.ts";
import { refuseForeignWrite } from "../lib/same-origin.ts";
import { serve } from "../lib/serve.ts";
import { rememberPages } from "./page-memory.ts";
import { plainAnswer } from "./plain-answers.ts";
import { renderPage } from "./render-page.tsx";

const startHandler = rememberPages(createStartHandler(renderPage));

function answer(request: Request): Response | Promise<Response> {
  return (
    refusePageMethod(request) ?? refuseForeignWrite(request) ?? plainAnswer(request) ?? startHandler(request)
  );
}

interface ExecutionContext {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

// oxlint-disable-next-line import/no-default-export -- Workers call the default export's fetch
export default {
  fetch(
    request: Request,
    bindings: Readonly<Record<string, unknown>>,
    execution: ExecutionContext,
  ): Promise<Response> {
    const waitUntil = (work: Promise<unknown>) => execution.waitUntil(work);
    return serve({ request, bindings, waitUntil }, answer);
  },
};
