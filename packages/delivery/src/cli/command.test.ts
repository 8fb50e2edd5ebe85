import { describe, expect, test } from "vitest";
import { commandNamed, findCommand, presentCommandHelp, presentHelp, type Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";

const command = (synopsis: string, options: Command["options"] = []): Command => ({
  synopsis,
  about: "…",
  options,
  run: () => Promise.reject(new Error("not run")),
});
const SOME = [command("release build", ["force"]), command("status [ENV]"), command("lock ENV REASON")];

describe("the command line", () => {
  test("gives a command its arguments, those that were left out as undefined", () => {
    expect(findCommand(SOME, ["lock", "staging", "a demo"], {}).args).toEqual(["staging", "a demo"]);
    expect(findCommand(SOME, ["status"], {}).args).toEqual([undefined]);
    expect(findCommand(SOME, ["release", "build"], { force: true }).command).toBe(SOME[0]);
  });

  test.each([
    [["lock"], {}, "lock needs the name of an environment."],
    [["lock", "staging"], {}, "lock needs REASON: npx delivery lock ENV REASON"],
    [["status", "a", "b"], {}, "status takes no more than this: npx delivery status [ENV]"],
    [["status"], { force: true }, "status doesn't take --force."],
    [["release"], {}, "release knows: npx delivery release build."],
    [["statsu"], {}, 'There is no command "statsu". Did you mean "status"?'],
  ])("refuses %j %j and says why", (positionals, values, message) => {
    expect(() => findCommand(SOME, positionals, values)).toThrow(
      expect.objectContaining({ code: "USAGE", message }),
    );
  });

  test("tells of one command what it takes, without its arguments", () => {
    const help = presentCommandHelp(commandNamed(COMMANDS, ["deploy"]));

    expect(help).toContain("npx delivery deploy ENV");
    expect(help).toContain("deliver the checked-out commit's release, or --release ID");
    expect(help).toContain("--allow-contract REASON");
    expect(help).not.toContain("--to ID");
    expect(() => commandNamed(COMMANDS, ["delpoy"])).toThrow('Did you mean "deploy"?');
  });

  test("lists every command in its help", () => {
    const help = presentHelp(COMMANDS);

    for (const { synopsis, about } of COMMANDS) {
      expect(help).toContain(`npx delivery ${synopsis}`);
      expect(help).toContain(about);
    }
  });
});
