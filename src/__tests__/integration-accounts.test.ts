import { describe } from "vitest";
import { describeAdmin } from "./accounts/admin.ts";
import { describeApi } from "./accounts/api.ts";
import { describeChanges } from "./accounts/changes.ts";
import { describeDeletion } from "./accounts/deletion.ts";
import { describeEntry } from "./accounts/entry.ts";
import { describeExport } from "./accounts/export.ts";
import { describeGateShop } from "./accounts/gate-shop.ts";
import { describeHousekeeping } from "./accounts/housekeeping.ts";
import { describeMails } from "./accounts/mails.ts";
import { describeSessions } from "./accounts/sessions.ts";
import { openStage } from "./accounts/stage.ts";
import { describeTokens } from "./accounts/tokens.ts";

const stage = openStage();

describe("the way in", () => {
  describeEntry(stage);
});

describe("sessions", () => {
  describeSessions(stage);
});

describe("tokens and secrets", () => {
  describeTokens(stage);
});

describe("the API", () => {
  describeApi(stage);
});

describe("changes", () => {
  describeChanges(stage);
});

describe("mails", () => {
  describeMails(stage);
});

describe("an export", () => {
  describeExport(stage);
});

describe("a deletion", () => {
  describeDeletion(stage);
});

describe("housekeeping", () => {
  describeHousekeeping(stage);
});

describe("an admin", () => {
  describeAdmin(stage);
});

describe("a delivery", () => {
  describeGateShop(stage);
});
