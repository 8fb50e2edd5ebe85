import { expect, test } from "vitest";
import { commandAs, endingWithParent } from "./commands.ts";
import { chooseRunAs, findNobody, isMapped, type Circumstances } from "./run-as.ts";

const NOBODY = { uid: 65_534, gid: 65_534 };
const ROOT: Circumstances = {
  uid: 0,
  nobody: NOBODY,
  nobodyExists: true,
  barredAt: undefined,
  canDisguise: () => true,
};

test("an ordinary user runs PostgreSQL as himself", () => {
  const runAs = chooseRunAs({ ...ROOT, uid: 1000, barredAt: "/home/me" });

  expect(commandAs(runAs, "/bin/postgres", ["-D", "data"])).toEqual({
    program: "/bin/postgres",
    arguments: ["-D", "data"],
  });
});

test("root runs PostgreSQL as nobody", () => {
  expect(commandAs(chooseRunAs(ROOT), "/bin/postgres", [])).toEqual({
    program: "/bin/postgres",
    arguments: [],
    user: NOBODY,
  });
});

test.each([{ barredAt: "/root" }, { nobodyExists: false }])(
  "with %o, root looks like nobody instead",
  (obstacle) => {
    const command = commandAs(chooseRunAs({ ...ROOT, ...obstacle }), "/bin/postgres", ["-D", "data"]);

    expect(command).toEqual({
      program: "unshare",
      arguments: ["--user", "--map-user=65534", "--map-group=65534", "--", "/bin/postgres", "-D", "data"],
    });
  },
);

test("what ends with its parent is wrapped inside the disguise, which would cancel it otherwise", () => {
  const disguised = chooseRunAs({ ...ROOT, nobodyExists: false });

  const { arguments: args } = commandAs(disguised, ...endingWithParent("/bin/postgres", ["-D", "data"]));

  expect(args.slice(4)).toEqual(["setpriv", "--pdeathsig", "SIGINT", "--", "/bin/postgres", "-D", "data"]);
});

test("when neither is possible, the error names the folder that is in the way", () => {
  const stuck = { ...ROOT, barredAt: "/root", canDisguise: () => false };

  expect(() => chooseRunAs(stuck)).toThrow("the user nobody can't pass /root");
});

test("nobody's ids come from the passwd file, with the usual ones as a guess", () => {
  expect(findNobody("root:x:0:0::/:\nnobody:x:99:98:Nobody:/:\n")).toEqual({ uid: 99, gid: 98 });
  expect(findNobody(undefined)).toEqual(NOBODY);
});

test("a user exists in a namespace when a line of its map covers the id", () => {
  expect(isMapped("         0          0 4294967295\n", 65_534)).toBe(true);
  expect(isMapped("         0       1000          1\n", 65_534)).toBe(false);
  expect(isMapped(undefined, 65_534)).toBe(true);
});
