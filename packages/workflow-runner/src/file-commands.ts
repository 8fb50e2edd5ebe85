/**
 * What a step wrote to GITHUB_OUTPUT or GITHUB_ENV: `name=value` lines, and `name<<DELIMITER` blocks.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const block = /^(?<name>[^=]+?)<<(?<delimiter>.+)$/u.exec(line)?.groups;
    const pair = /^(?<name>[^=]+)=(?<value>.*)$/u.exec(line)?.groups;
    if (block) {
      const end = lines.indexOf(block["delimiter"] ?? "", index + 1);
      if (end === -1) throw new Error(`the block of ${block["name"]} has no end "${block["delimiter"]}"`);
      values[block["name"] ?? ""] = lines.slice(index + 1, end).join("\n");
      index = end;
    } else if (pair) {
      values[pair["name"] ?? ""] = pair["value"] ?? "";
    } else if (line !== "") {
      throw new Error(`"${line}" is neither name=value nor name<<DELIMITER`);
    }
  }
  return values;
}
