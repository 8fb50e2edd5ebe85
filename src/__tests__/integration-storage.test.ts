import { describe } from "vitest";
import { describeFiles } from "./storage/files.ts";
import { describeModels } from "./storage/models.ts";
import { openStage } from "./storage/stage.ts";
import { describeStrangers } from "./storage/strangers.ts";
import { describeUploads } from "./storage/uploads.ts";

const stage = openStage();

describe("uploads", () => {
  describeUploads(stage);
});

describe("files", () => {
  describeFiles(stage);
});

describe("another's files", () => {
  describeStrangers(stage);
});

describe("models", () => {
  describeModels(stage);
});
