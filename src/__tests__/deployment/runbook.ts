import { readFileSync } from "node:fs";

/** A block of commands in the runbook, with the name that the comment before it gives. */
export interface RunbookBlock {
  readonly name: string;
  readonly script: string;
}

/** Every block of commands, in order. A block without a name is an error: nothing would execute it. */
export function readRunbook(file: URL): readonly RunbookBlock[] {
  const text = readFileSync(file, "utf8");
  const blocks = [...text.matchAll(/(?:<!-- run: (?<name>[\w-]+) -->\s*)?```bash\n(?<script>[\s\S]*?)```/gu)];
  return blocks.map(({ groups }) => {
    if (groups?.["name"] === undefined)
      throw new Error(`a block of the runbook has no name: ${groups?.["script"]}`);
    return { name: groups["name"], script: groups["script"] ?? "" };
  });
}
