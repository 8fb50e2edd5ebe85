/** An e-mail's words, without anybody's name: who asks for a mail may not be who gets it. */
export interface Message {
  /** Which mail it is, for the record. */
  readonly template: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
  /** Why it came and what to do if it shouldn't have. */
  readonly footnote: string;
}

const NOT_YOU = "If that wasn’t you, somebody may know your password: choose a new one at";

/** To who has signed up, or tries to sign in before the address is confirmed. */
export function confirmAddress(url: string): Message {
  return {
    template: "confirm-address",
    subject: "Confirm your e-mail address",
    paragraphs: [
      "Somebody, probably you, signed up to FM5 with this address. Please confirm that it is yours.",
    ],
    action: { label: "Confirm my address", url },
    footnote: "The link is good for an hour. If it wasn’t you, ignore this mail: nobody can use the account.",
  };
}

/** To who already has an account and tries to get another. */
export function accountExists(signInUrl: string, forgotUrl: string): Message {
  return {
    template: "account-exists",
    subject: "You already have an account",
    paragraphs: [
      "Somebody, probably you, signed up to FM5 with this address, which has an account already. Sign in with the password you have.",
      `If you have forgotten it, choose a new one: ${forgotUrl}`,
    ],
    action: { label: "Sign in", url: signInUrl },
    footnote: "If it wasn’t you, ignore this mail: nothing has changed.",
  };
}

export function resetPassword(url: string): Message {
  return {
    template: "reset-password",
    subject: "Choose a new password",
    paragraphs: ["Somebody, probably you, asked for a new password for your FM5 account."],
    action: { label: "Choose a new password", url },
    footnote: "The link is good for an hour, once. If it wasn’t you, ignore this mail: your password stays.",
  };
}

export function passwordChanged(forgotUrl: string): Message {
  return {
    template: "password-changed",
    subject: "Your password was changed",
    paragraphs: ["The password of your FM5 account was changed, and all other sessions were signed out."],
    footnote: `${NOT_YOU} ${forgotUrl}`,
  };
}

/** To the address that an account is to have. */
export function confirmNewAddress(url: string): Message {
  return {
    template: "confirm-new-address",
    subject: "Confirm your new e-mail address",
    paragraphs: ["This is to be the new address of your FM5 account. Please confirm that it is yours."],
    action: { label: "Confirm my new address", url },
    footnote: "The link is good for an hour. If you didn’t ask for it, ignore this mail: nothing changes.",
  };
}

/** To the address that an account had. */
export function addressChanged(): Message {
  return {
    template: "address-changed",
    subject: "Your e-mail address was changed",
    paragraphs: [
      "Your FM5 account has a new e-mail address. Mails go there from now on; this is the last one here.",
    ],
    footnote: "If that wasn’t you, somebody has got into your account: please answer this mail at once.",
  };
}

export function accountDeleted(): Message {
  return {
    template: "account-deleted",
    subject: "Your account was deleted",
    paragraphs: [
      "Your FM5 account was deleted, with all of its data and files. Thank you for having been here.",
    ],
    footnote: "If that wasn’t you, somebody had got into your account: please answer this mail at once.",
  };
}
