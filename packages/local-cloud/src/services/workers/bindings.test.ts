import { describe, expect, test } from "vitest";
import { Refusal } from "../../http/refusal.ts";
import { changedSecrets, resolveBindings, withSecrets, type Binding } from "./bindings.ts";

const secret = (name: string, text: string): Binding => ({ type: "secret_text", name, text });
const nothing = { latest: [], ofVersion: () => [], isStrict: true };

function code(work: () => unknown): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.errors[0]?.code : undefined;
  }
}

describe("the bindings of an upload", () => {
  test("inherit from the newest version, also under another name", () => {
    const sources = {
      latest: [secret("OLD", "1"), secret("SAME", "2")],
      ofVersion: () => [],
      isStrict: true,
    };

    const bindings = resolveBindings(
      [
        { type: "inherit", name: "SAME" },
        { type: "inherit", name: "NEW", old_name: "OLD" },
      ],
      [],
      sources,
    );

    expect(bindings).toEqual([secret("SAME", "2"), secret("NEW", "1")]);
  });

  test("inherit from a version that they name", () => {
    const sources = {
      latest: [secret("KEY", "new")],
      ofVersion: (id: string) => [secret("KEY", `of ${id}`)],
      isStrict: true,
    };

    expect(resolveBindings([{ type: "inherit", name: "KEY", version_id: "v1" }], [], sources)).toEqual([
      secret("KEY", "of v1"),
    ]);
  });

  test("keep the kinds that the upload asks to keep, unless it brings its own", () => {
    const sources = {
      latest: [secret("A", "1"), secret("B", "2"), { type: "plain_text" as const, name: "V", text: "x" }],
      ofVersion: () => [],
      isStrict: true,
    };

    expect(
      resolveBindings([{ type: "secret_text", name: "B", text: "3" }], ["secret_text"], sources),
    ).toEqual([secret("B", "3"), secret("A", "1")]);
  });

  test("are refused with Cloudflare's code where there is nothing to inherit", () => {
    expect(code(() => resolveBindings([{ type: "inherit", name: "MISSING" }], [], nothing))).toBe(10_057);
  });

  test("drop what there is nothing to inherit for, unless the upload is strict", () => {
    const uploaded = [{ type: "inherit", name: "MISSING" }, secret("OWN", "1")];

    expect(resolveBindings(uploaded, [], { ...nothing, isStrict: false })).toEqual([secret("OWN", "1")]);
  });

  test("are refused by name where the kind isn't supported, never dropped", () => {
    expect(
      code(() => resolveBindings([{ type: "vectorize", name: "V", index_name: "i" }], [], nothing)),
    ).toBe(10_501);
  });

  test("are refused when two have one name", () => {
    expect(code(() => resolveBindings([secret("A", "1"), secret("A", "2")], [], nothing))).toBe(10_021);
  });
});

describe("secrets", () => {
  test("differ by value, by coming and by going", () => {
    expect(
      changedSecrets([secret("A", "1"), secret("B", "1")], [secret("A", "2"), secret("C", "1")]),
    ).toEqual(["A", "B", "C"]);
    expect(changedSecrets([secret("A", "1")], [secret("A", "1")])).toEqual([]);
  });

  test("are set, replaced and deleted in a copy", () => {
    const before = [secret("A", "1"), secret("B", "2")];

    expect(withSecrets(before, { A: "9", B: null, C: "3" })).toEqual([secret("A", "9"), secret("C", "3")]);
    expect(before).toEqual([secret("A", "1"), secret("B", "2")]);
  });
});
