/** One option of a command. */
export interface OptionHelp {
  /** As it is typed, its value in capitals: `--port PORT`. */
  readonly flag: string;
  readonly text: string;
  /** What holds without it. */
  readonly default?: string;
}

export interface CommandHelp {
  /** A line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  /** Words besides options. */
  readonly takesArguments?: true;
  /** Paragraphs that say what it does. */
  readonly about: readonly string[];
  readonly options: readonly OptionHelp[];
  /** Commands to copy, and what each is for. */
  readonly examples: readonly { readonly command: string; readonly text: string }[];
  /** Beside those that every command has. */
  readonly exitCodes?: Readonly<Record<number, string>>;
}

const DATA: OptionHelp = {
  flag: "--data DIR",
  text: "The data folder of the local cloud that runs.",
  default: ".local-cloud",
};

/** Every command, in the order in which help lists them. The options here are those that the command takes. */
export const COMMANDS: Readonly<Record<string, CommandHelp>> = {
  up: {
    summary: "Start it, and stay until Ctrl-C.",
    usage: "npx local-cloud up [options]",
    about: [
      "Starts Cloudflare's API, the edge that answers for Workers, and, where a database is asked for, PostgreSQL with Xata's interfaces. What it keeps stays in the data folder when it stops.",
      "In a terminal it shows a screen that keeps itself up to date; elsewhere, or with --plain, a line for each event on standard error.",
    ],
    options: [
      {
        flag: "--port PORT",
        text: "Cloudflare's API and the inbox. 0 takes any free port.",
        default: "8700",
      },
      { flag: "--edge-port PORT", text: "Requests to Workers.", default: "8701" },
      {
        flag: "--edge-tls-port PORT",
        text: "The same over HTTPS, with HTTP/2. Its certificates are of an authority of the data folder's own.",
        default: "8703; any free port with --edge-port 0",
      },
      { flag: "--database-port PORT", text: "PostgreSQL and Xata's HTTP interface.", default: "8702" },
      { flag: "--database NAME", text: "A database to have; may be given more than once.", default: "none" },
      { flag: "--data DIR", text: "Where everything is kept.", default: ".local-cloud" },
      {
        flag: "--host ADDRESS",
        text: "Where the API and the edge listen. Any other address opens them to whoever reaches it: 0.0.0.0 to the whole network. The databases stay on 127.0.0.1.",
        default: "127.0.0.1",
      },
      {
        flag: "--api-rate-limit N",
        text: "API requests that a token may send per 5 minutes; 0: no limit.",
        default: "1200, as Cloudflare's",
      },
      {
        flag: "--propagation-delay MS",
        text: "How long a deployment takes to reach every request; meanwhile the others get the one before. On Cloudflare, some seconds.",
        default: "0",
      },
      {
        flag: "--resend-rate-limit N",
        text: "Requests that Resend takes per second; 0: no limit.",
        default: "2, as Resend's",
      },
      {
        flag: "--metrics-delay MS",
        text: "How late metrics show up: on Cloudflare, some minutes.",
        default: "0",
      },
      {
        flag: "--metrics-sampling RATE",
        text: "Share of the requests that metrics count, above 0 and up to 1; the answers are scaled up again.",
        default: "1",
      },
      { flag: "--plain", text: "Log line by line, in a terminal too." },
      {
        flag: "--json",
        text: "Print one line of JSON when everything is ready; the log goes to standard error.",
      },
      {
        flag: "--until-stdin-ends",
        text: "Stop when standard input ends, as it does when the program that started this one is gone.",
      },
    ],
    examples: [
      { command: "npx local-cloud up", text: "Workers, R2 and mail, no database." },
      { command: "npx local-cloud up --database shop", text: "PostgreSQL too." },
      {
        command: "npx local-cloud up --json --port 0 --edge-port 0 --until-stdin-ends",
        text: "For a program: free ports, told in JSON.",
      },
    ],
  },
  env: {
    summary: "Print shell exports for wrangler and the official SDKs.",
    usage: "npx local-cloud env [options]",
    about: [
      "Prints the variables that point Cloudflare's own clients at the local cloud that runs: its API, a token, the account, the addresses of the edge, the inbox and the databases.",
    ],
    options: [DATA],
    examples: [
      { command: 'eval "$(npx local-cloud env)" && npx wrangler deploy', text: "Deploy to the local cloud." },
    ],
  },
  token: {
    summary: "Print a new API token that may do less than the one of env.",
    usage: "npx local-cloud token --scope KIND:ACCESS [options]",
    about: ["Makes an API token with the scopes that are named, to see that a client gets by with them."],
    options: [
      {
        flag: "--scope KIND:ACCESS",
        text: "What it may do, such as workers:read or r2:write; may be given more than once.",
      },
      DATA,
    ],
    examples: [
      {
        command:
          "CLOUDFLARE_API_TOKEN=$(npx local-cloud token --scope workers:read) npx wrangler versions list",
        text: "A client that may only read.",
      },
    ],
  },
  fault: {
    summary: "Make it fail on purpose.",
    usage: "npx local-cloud fault add EFFECT --service NAME [options] | fault list | fault clear [ID]",
    takesArguments: true,
    about: [
      "EFFECT is error, reset (the connection is cut), latency, duplicate (carried out twice), stale (reads are answered as of when the fault was added) or malformed (half of the answer's body).",
      "The same faults and the same requests in the same order give the same failures. Faults end with the local cloud.",
    ],
    options: [
      {
        flag: "--service NAME",
        text: "What fails: api, or a part of it (workers, r2, kv, d1, queues, analytics), edge, xata, outbound (what Workers ask of other hosts) or resend.",
      },
      {
        flag: "--method METHOD",
        text: "Only such requests. CONNECT is a client of PostgreSQL's protocol.",
        default: "any",
      },
      {
        flag: "--path PATH",
        text: "Only such requests; * is any text without a slash, ** any text. Cloudflare's API begins after /client/v4.",
        default: "any",
      },
      {
        flag: "--host HOST",
        text: "Only such requests, at the edge and outbound; * is any text.",
        default: "any",
      },
      { flag: "--nth N", text: "From the Nth such request on.", default: "1" },
      { flag: "--times N", text: "How often.", default: "1 with --nth, otherwise always" },
      { flag: "--probability P", text: "Each with this probability, above 0 and up to 1.", default: "1" },
      { flag: "--seed N", text: "Of the draws.", default: "0" },
      { flag: "--when WHEN", text: "Of error and reset: before or after the effect.", default: "before" },
      { flag: "--status N", text: "Of error: 400 to 599." },
      { flag: "--code CODE", text: "Of error: the code in its body.", default: "the service's own" },
      { flag: "--message TEXT", text: "Of error.", default: "the service's own" },
      { flag: "--retry-after SECONDS", text: "Of error: its Retry-After header.", default: "none" },
      { flag: "--latency-ms MS", text: "Of latency." },
      { flag: "--jitter-ms MS", text: "Of latency: up to so much more.", default: "0" },
      { flag: "--json", text: "Print JSON." },
      DATA,
    ],
    examples: [
      {
        command:
          "npx local-cloud fault add reset --when after --service workers --method POST --path '/accounts/*/workers/scripts/*/versions' --nth 1",
        text: "The next upload is stored, and its answer is lost.",
      },
      {
        command:
          "npx local-cloud fault add error --status 429 --retry-after 2 --service resend --probability 0.3",
        text: "Resend refuses three in ten.",
      },
    ],
  },
  log: {
    summary: "Print the newest requests.",
    usage: "npx local-cloud log [options]",
    about: [
      "Prints requests to the API, the edge, the database's gateway and, where a fault met them, to other hosts, from the data folder; it may have stopped. Headers, bodies and values that may be secret are never kept.",
    ],
    options: [
      { flag: "--limit N", text: "How many.", default: "50" },
      { flag: "--service NAME", text: "Only those of api, edge, xata or outbound.", default: "all" },
      { flag: "--json", text: "A line of JSON for each." },
      { flag: "--data DIR", text: "Where everything is kept.", default: ".local-cloud" },
    ],
    examples: [
      { command: "npx local-cloud log --service edge --limit 20", text: "What the Workers answered last." },
    ],
  },
  coverage: {
    summary: "Print what is supported, refused or approximated, as Markdown.",
    usage: "npx local-cloud coverage",
    about: [
      "Lists every route with its fields, from the tables that the local cloud serves by. Starts nothing.",
    ],
    options: [],
    examples: [{ command: "npx local-cloud coverage > docs/coverage.md", text: "Write the page again." }],
  },
  export: {
    summary: "Put everything that is kept into one file.",
    usage: "npx local-cloud export FILE [options]",
    takesArguments: true,
    about: [
      "Writes Workers, deployments, secrets, objects, databases and mail of a local cloud that doesn't run into a gzipped tar. Only its owner may read it: it holds tokens and secrets. The request log stays out.",
    ],
    options: [{ flag: "--data DIR", text: "Where everything is kept.", default: ".local-cloud" }],
    examples: [
      { command: "npx local-cloud export before-the-migration.tar.gz", text: "A copy to return to." },
    ],
  },
  import: {
    summary: "Make a data folder of an exported file.",
    usage: "npx local-cloud import FILE [options]",
    takesArguments: true,
    about: ["The folder must be empty or missing; when something is wrong with the file, it stays so."],
    options: [{ flag: "--data DIR", text: "The folder to make.", default: ".local-cloud" }],
    examples: [
      {
        command: "npx local-cloud import before-the-migration.tar.gz --data copy",
        text: "A second local cloud with the same data.",
      },
    ],
  },
  reset: {
    summary: "Empty the data folder.",
    usage: "npx local-cloud reset [options]",
    about: [
      "Removes everything that a local cloud that doesn't run has kept, for good. Nothing is removed from a folder that is none of a local cloud.",
    ],
    options: [{ flag: "--data DIR", text: "Where everything is kept.", default: ".local-cloud" }],
    examples: [{ command: "npx local-cloud reset", text: "Begin anew." }],
  },
};
