/**
 * A gate of the deliveries to production (gates.commands of delivery.config.ts): goes a customer's way through the candidate,
 * from signing up to a file and the dashboard, with a synthetic account. Once is enough, before anybody is routed to it: what it
 * sees doesn't depend on the share of the traffic.
 * Needs DIRECT_DATABASE_URL, to confirm the account's address in the place of a mail, and to remove it.
 */
import process from "node:process";
import { given } from "./gate-shop/given.ts";

const FIRST_GATE = "health@0";

try {
  if (given("DELIVERY_GATE") === FIRST_GATE) {
    const { visit } = await import("./gate-shop/visit.ts");
    await visit();
  }
} catch (error) {
  console.error(`gate-shop: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
