import { defineDelivery } from "delivery";

const random = {
  pattern: "\\S{32,}",
  description: "at least 32 characters without spaces (openssl rand -base64 32)",
};

export default defineDelivery({
  worker: { config: "wrangler.toml", healthPath: "/health" },
  releases: {
    bucket: "fm5-releases",
    build: ["npm", "run", "build"],
    packages: [".output/packages-client.json", ".output/packages-ssr.json"],
    migrations: "prisma/migrations",
  },
  ledger: { remote: "origin" },
  environments: {
    staging: {
      workerEnv: "staging",
      url: "https://staging.fm5.example.com",
      database: { urlFrom: "DIRECT_DATABASE_URL" },
    },
    production: {
      workerEnv: "production",
      url: "https://fm5.example.com",
      database: { urlFrom: "DIRECT_DATABASE_URL" },
      provenBy: "staging",
      approval: "github",
      // Not the defaults: decision 013 says why, and for whom they are right.
      rollout: { steps: [0, 10, 50, 100], soakMs: 0, onInconclusive: "probes-decide" },
      // A customer's way, with a synthetic account; once, before anybody is routed to the candidate.
      gates: { commands: [["node", "scripts/gate-shop.ts"]] },
      probes: [{ name: "home", steps: [{ path: "/", expect: { bodyIncludes: "<html" } }] }],
    },
  },
  secrets: {
    JWT_SECRET: { form: random, readers: ["worker"] },
    BETTER_AUTH_SECRET: { form: random, readers: ["worker"] },
    XATA_DATABASE_URL: {
      form: {
        pattern: "postgres(?:ql)?://[^:]+:[^@]+@.+",
        description: "a PostgreSQL DSN with user and password",
      },
      readers: ["worker"],
    },
    RESEND_API_KEY: { form: { pattern: "re_\\w+", description: "a Resend key, re_…" }, readers: ["worker"] },
  },
});
