import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { WorkflowError } from "./errors.ts";
import { runCommand } from "./host.ts";

/** What a stand-in for an action works with. */
interface ActionContext {
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly repository: string;
  readonly sha: string;
  readonly artifactsDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** `paths` go to the front of PATH for the steps that follow. */
interface ActionOutcome {
  readonly outputs: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
}

type StandIn = (context: ActionContext) => Promise<ActionOutcome>;

const NOTHING: ActionOutcome = { outputs: {}, paths: [] };

/** The actions that the runner has a stand-in for, with the inputs that each understands. */
const STAND_INS: Readonly<Record<string, { readonly inputs: readonly string[]; readonly run: StandIn }>> = {
  "actions/checkout": { inputs: ["fetch-depth", "persist-credentials", "ref"], run: checkout },
  "actions/setup-node": { inputs: ["node-version", "cache", "package-manager-cache"], run: setupNode },
  "actions/upload-artifact": {
    inputs: ["name", "path", "if-no-files-found", "retention-days", "include-hidden-files", "overwrite"],
    run: uploadArtifact,
  },
  "actions/download-artifact": { inputs: ["name", "path"], run: downloadArtifact },
};

/**
 * The stand-in for `owner/name@ref`.
 * @throws {WorkflowError} UNSUPPORTED for an action or an input without one
 */
export function standInFor(uses: string, inputs: Readonly<Record<string, string>>): StandIn {
  const name = uses.split("@")[0] ?? "";
  const standIn = STAND_INS[name];
  if (standIn === undefined) throw unsupported(`the action ${name}`);
  const unknown = Object.keys(inputs).find((input) => !standIn.inputs.includes(input));
  if (unknown !== undefined) throw unsupported(`the input "${unknown}" of ${name}`);
  return standIn.run;
}

/** @see https://github.com/actions/checkout */
async function checkout({ workspace, repository, sha, env, log }: ActionContext): Promise<ActionOutcome> {
  const onOutput = (text: string) => log(text.trimEnd());
  const git = (argv: readonly string[]) =>
    runCommand({ argv: ["git", "-C", workspace, ...argv], cwd: workspace, env, onOutput });
  const steps = [
    ["init", "--quiet", "--initial-branch=main"],
    ["remote", "add", "origin", repository],
    ["fetch", "--quiet", "--no-tags", "origin", sha],
    ["checkout", "--quiet", "--force", "-B", "main", sha],
  ];
  for (const argv of steps) if ((await git(argv)) !== 0) throw new Error(`git ${argv.join(" ")} failed`);
  return NOTHING;
}

/** The Node that runs this stands in, when it is of the major version that is asked for. */
async function setupNode({ inputs, log }: ActionContext): Promise<ActionOutcome> {
  const wanted = inputs["node-version"] ?? "";
  const own = process.versions.node;
  if (wanted !== "" && own.split(".")[0] !== wanted.split(".")[0])
    throw new Error(`Node ${wanted} is asked for, but ${own} is here`);
  log(`Node ${own}`);
  return { outputs: { "node-version": own }, paths: [dirname(process.execPath)] };
}

/**
 * Takes files as the real one does: hidden ones are left out unless asked for, and the folder that all have in common is
 * not part of their names.
 * @see https://github.com/actions/upload-artifact
 */
async function uploadArtifact({
  workspace,
  inputs,
  artifactsDir,
  log,
}: ActionContext): Promise<ActionOutcome> {
  const { name = "artifact", path = "", "if-no-files-found": ifNone = "warn" } = inputs;
  const hidden = inputs["include-hidden-files"] === "true";
  const patterns = path
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const files = patterns.flatMap((pattern) => filesOf(workspace, pattern, hidden));
  if (files.length === 0 && ifNone === "error")
    throw new Error(`no files were found with the path: ${patterns.join(", ")}`);
  const target = join(artifactsDir, name);
  if (existsSync(target) && inputs["overwrite"] !== "true")
    throw new Error(`an artifact named ${name} exists already`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const root = commonFolder(patterns.map((pattern) => searchFolder(workspace, pattern)));
  for (const file of files) cpSync(file, join(target, relative(root, file)), { recursive: true });
  log(`artifact ${name}: ${files.length} files`);
  return { outputs: { "artifact-id": name }, paths: [] };
}

/** @see https://github.com/actions/download-artifact */
async function downloadArtifact({
  workspace,
  inputs,
  artifactsDir,
  log,
}: ActionContext): Promise<ActionOutcome> {
  const { name = "", path = "." } = inputs;
  const source = join(artifactsDir, name);
  if (name === "" || !existsSync(source)) throw new Error(`there is no artifact named "${name}" in this run`);
  const target = resolve(workspace, path);
  mkdirSync(target, { recursive: true });
  cpSync(source, target, { recursive: true });
  log(`artifact ${name} is in ${path}`);
  return { outputs: { "download-path": target }, paths: [] };
}

/** Files that a pattern names: a file, a folder with everything below it, or `*` within the last segment. */
function filesOf(workspace: string, pattern: string, hidden: boolean): readonly string[] {
  const full = resolve(workspace, pattern);
  const folder = dirname(full);
  const last = basename(full);
  const found =
    last.includes("*") && existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => globMatches(last, name))
          .map((name) => join(folder, name))
      : [full];
  return found
    .filter((path) => existsSync(path))
    .flatMap((path) => filesBelow(path, hidden))
    .filter((path) => hidden || !isHidden(workspace, path));
}

function filesBelow(path: string, hidden: boolean): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => hidden || !name.startsWith("."))
    .flatMap((name) => filesBelow(join(path, name), hidden));
}

function isHidden(workspace: string, path: string): boolean {
  return relative(workspace, path)
    .split("/")
    .some((segment) => segment.startsWith(".") && segment !== "." && segment !== "..");
}

function globMatches(pattern: string, name: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replaceAll(/[.+^$()|[\]{}\\?]/gu, String.raw`\$&`))
    .join(".*");
  return new RegExp(`^${source}$`, "u").test(name);
}

/** Where a pattern begins to look: names in the artifact are relative to it, or to what several have in common. */
function searchFolder(workspace: string, pattern: string): string {
  const full = resolve(workspace, pattern);
  const isFolder = existsSync(full) && statSync(full).isDirectory();
  return isFolder ? full : dirname(full);
}

function commonFolder([first = "/", ...others]: readonly string[]): string {
  return others.reduce((common, folder) => {
    let root = common;
    while (folder !== root && !folder.startsWith(`${root}/`)) root = dirname(root);
    return root;
  }, first);
}

function unsupported(what: string): WorkflowError {
  return new WorkflowError({
    code: "UNSUPPORTED",
    message: `The runner has no stand-in for ${what}.`,
    hint: `It has: ${Object.keys(STAND_INS).join(", ")}. Use a run step instead, or teach it in workflow-runner/src/actions.ts.`,
  });
}
