export type MigrationPhase = "expand" | "contract";

/** What takes something away from an older release that still runs. Words, not a parser: a false alarm is answered by the first line. */
const TAKES_AWAY = [
  /\bDROP\s+(?:TABLE|COLUMN|TYPE|VIEW|SCHEMA|FUNCTION|CONSTRAINT)\b/iu,
  /\bRENAME\s+(?:TO|COLUMN|CONSTRAINT)\b/iu,
  /\bALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b/iu,
  /\bSET\s+NOT\s+NULL\b/iu,
  /\b(?:TRUNCATE|DELETE\s+FROM)\b/iu,
];

/** A first line `-- phase: expand` or `-- phase: contract` says it; without one the statements do. */
export function migrationPhase(sql: string): MigrationPhase {
  const declared = /^--\s*phase:\s*(?<phase>expand|contract)\s*$/mu.exec(sql)?.groups?.["phase"];
  if (declared === "expand" || declared === "contract") return declared;
  const statements = sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//gu, "");
  return TAKES_AWAY.some((pattern) => pattern.test(statements)) ? "contract" : "expand";
}
