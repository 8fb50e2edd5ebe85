import { LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { WorkflowError } from "./errors.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const variables = z.record(z.string(), scalar.nullable()).transform((values) => {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value ?? "")]));
});
const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const condition = scalar.transform(String);

const concurrencySchema = z.union([
  z.string().transform((group) => ({ group, "cancel-in-progress": false as boolean | string })),
  z.strictObject({
    group: z.string(),
    "cancel-in-progress": z.union([z.boolean(), z.string()]).default(false),
  }),
]);

const stepSchema = z
  .strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: condition.optional(),
    uses: z.string().optional(),
    with: variables.default({}),
    run: z.string().optional(),
    shell: z.enum(["bash", "sh"]).optional(),
    "working-directory": z.string().optional(),
    env: variables.default({}),
    "continue-on-error": z.boolean().default(false),
    "timeout-minutes": z.number().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), "a step has either uses or run");

const jobSchema = z.strictObject({
  name: z.string().optional(),
  "runs-on": list,
  needs: list.default([]),
  if: condition.optional(),
  permissions: z.unknown().optional(),
  environment: z
    .union([
      z.string().transform((name) => ({ name })),
      z.strictObject({ name: z.string(), url: z.string().optional() }),
    ])
    .optional(),
  concurrency: concurrencySchema.optional(),
  outputs: variables.default({}),
  env: variables.default({}),
  "timeout-minutes": z.number().optional(),
  steps: z.array(stepSchema),
});

const branchFilter = z
  .strictObject({ branches: list.optional(), "branches-ignore": list.optional() })
  .nullable();

/** What whoever starts the workflow by hand may give it, all of it text. */
const dispatchSchema = z
  .strictObject({
    inputs: z
      .record(
        z.string(),
        z.strictObject({
          description: z.string().optional(),
          type: z.literal("string").default("string"),
          required: z.boolean().default(false),
          default: scalar.transform(String).optional(),
        }),
      )
      .default({}),
  })
  .nullable();

const workflowSchema = z.strictObject({
  name: z.string().optional(),
  on: z.strictObject({
    push: branchFilter.optional(),
    pull_request: branchFilter.optional(),
    workflow_dispatch: dispatchSchema.optional(),
    schedule: z.unknown().optional(),
  }),
  permissions: z.unknown().optional(),
  concurrency: concurrencySchema.optional(),
  env: variables.default({}),
  jobs: z.record(z.string(), jobSchema),
});

/** A workflow file, as far as the runner understands it; a key that it doesn't understand is refused. */
export type Workflow = z.infer<typeof workflowSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Step = z.infer<typeof stepSchema>;

/**
 * Reads a workflow file's text.
 * @throws {WorkflowError} WORKFLOW_INVALID with the line, or the key that is wrong
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export function parseWorkflow(file: string, text: string): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2" });
  const [syntaxError] = document.errors;
  if (syntaxError) throw invalid(file, syntaxError.message.split("\n")[0] ?? "is no YAML");
  const parsed = workflowSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(file, `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "is malformed"}`);
  }
  for (const [name, { needs }] of Object.entries(parsed.data.jobs)) {
    const missing = needs.find((needed) => !Object.hasOwn(parsed.data.jobs, needed));
    if (missing !== undefined) throw invalid(file, `jobs.${name}.needs: there is no job "${missing}"`);
  }
  return parsed.data;
}

function invalid(file: string, what: string): WorkflowError {
  return new WorkflowError({
    code: "WORKFLOW_INVALID",
    message: `${file}: ${what}.`,
    hint: "The runner refuses what it doesn't understand rather than running something else than GitHub would.",
  });
}
