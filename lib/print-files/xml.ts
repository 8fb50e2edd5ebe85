import { SaxesParser } from "saxes";
import { PrintFileError } from "./problem.ts";

export interface XmlElement {
  /** Without a namespace's prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands directly in it, without blanks around. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement extends XmlElement {
  text: string;
  readonly children: XmlElement[];
}

const DEPTH_LIMIT = 50;
const ELEMENTS_LIMIT = 200_000;
const TEXT_LIMIT = 10_000;

/**
 * A whole document as a tree. saxes expands no entities but the five of XML itself and loads nothing.
 * @throws PrintFileError when it isn't well-formed, and when it declares a document type, in which entities could be hidden.
 */
export function parseXml(text: string): XmlElement {
  const tree = new TreeBuilder();
  tree.write(text);
  return tree.finish();
}

/** The elements of a document's beginning that were complete within it. The document may break off anywhere. */
export function parseXmlStart(text: string): XmlElement {
  const tree = new TreeBuilder();
  tree.write(text);
  return tree.soFar();
}

/** All elements of a name, at any depth, in the document's order. */
export function elementsNamed(root: XmlElement, name: string): readonly XmlElement[] {
  const below = root.children.flatMap((child) => elementsNamed(child, name));
  return root.name === name ? [root, ...below] : below;
}

class TreeBuilder {
  readonly #parser = new SaxesParser({ xmlns: false, position: false });
  readonly #root: OpenElement = { name: "", attributes: {}, text: "", children: [] };
  readonly #open: OpenElement[] = [this.#root];
  #count = 0;

  constructor() {
    this.#parser.on("doctype", () => {
      throw new PrintFileError(
        "hostile",
        "The file declares a document type of its own, which no slicer does. Such files are not kept.",
      );
    });
    this.#parser.on("error", () => {
      throw new PrintFileError("malformed", "The file has settings that are no XML.");
    });
    this.#parser.on("opentag", ({ name, attributes }) => this.#begin(name, attributes));
    this.#parser.on("text", (text) => this.#addText(text));
    this.#parser.on("cdata", (text) => this.#addText(text));
    this.#parser.on("closetag", () => this.#open.pop());
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  finish(): XmlElement {
    this.#parser.close();
    const [root] = this.#root.children;
    if (root === undefined) throw new PrintFileError("malformed", "The file has settings that are no XML.");
    return root;
  }

  soFar(): XmlElement {
    return this.#root;
  }

  #begin(name: string, attributes: Readonly<Record<string, string>>): void {
    const element = { name: localName(name), attributes, text: "", children: [] };
    this.#count += 1;
    if (this.#open.length > DEPTH_LIMIT || this.#count > ELEMENTS_LIMIT)
      throw new PrintFileError("hostile", "The file has settings that are nested too deep or too many.");
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined && element.text.length < TEXT_LIMIT)
      element.text = `${element.text}${text}`.trim().slice(0, TEXT_LIMIT);
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
