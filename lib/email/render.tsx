import { renderToReadableStream } from "react-dom/server";
import type { Message } from "./message.ts";
import { MailPage } from "./page.tsx";

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** A mail as a page and as plain text, of the same words. By the renderer that pages have, so that it costs no bytes. */
export async function renderMail(message: Message): Promise<RenderedMail> {
  const stream = await renderToReadableStream(<MailPage message={message} />);
  return { subject: message.subject, html: await new Response(stream).text(), text: plainText(message) };
}

function plainText({ subject, paragraphs, action, footnote }: Message): string {
  const way = action === undefined ? [] : [`${action.label}:\n${action.url}`];
  return `${[subject, ...paragraphs, ...way, "--", footnote].join("\n\n")}\n`;
}
