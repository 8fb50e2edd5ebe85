/** Every option of every command, as `parseArgs` takes them; help/commands.ts says which command takes which. */
export const OPTIONS = {
  port: { type: "string" },
  "edge-port": { type: "string" },
  "database-port": { type: "string" },
  database: { type: "string", multiple: true },
  data: { type: "string" },
  host: { type: "string" },
  "api-rate-limit": { type: "string" },
  "metrics-delay": { type: "string" },
  "metrics-sampling": { type: "string" },
  scope: { type: "string", multiple: true },
  json: { type: "boolean" },
  plain: { type: "boolean" },
  "until-stdin-ends": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;
