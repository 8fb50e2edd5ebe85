import Monitor from "lucide-react/icons/monitor";
import Moon from "lucide-react/icons/moon";
import Sun from "lucide-react/icons/sun";
import { createContext, use } from "react";
import type { Theme } from "../../clients/document-look.ts";

interface ThemeSetting {
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
}

/** The document's theme. */
export const ThemeContext = createContext<ThemeSetting>({ theme: "system", setTheme: () => {} });

const CHOICES = [
  { theme: "system", text: "As the device", icon: <Monitor /> },
  { theme: "light", text: "Light", icon: <Sun /> },
  { theme: "dark", text: "Dark", icon: <Moon /> },
] as const;

/** Light, dark or as the device is set. */
export function ThemeChoice() {
  const { theme: chosen, setTheme } = use(ThemeContext);
  return (
    <fieldset className="inline-flex rounded-lg border border-line bg-paper p-0.5">
      <legend className="sr-only">Theme</legend>
      {CHOICES.map(({ theme, text, icon }) => (
        <label
          key={theme}
          title={text}
          className="flex size-11 cursor-pointer items-center justify-center rounded-md text-soft hover:text-ink has-checked:bg-sunken has-checked:text-ink has-focus-visible:outline-3 has-focus-visible:outline-accent [&_svg]:size-5"
        >
          <input
            type="radio"
            name="theme"
            value={theme}
            aria-label={text}
            checked={theme === chosen}
            onChange={() => setTheme(theme)}
            className="sr-only"
          />
          {icon}
        </label>
      ))}
    </fieldset>
  );
}
