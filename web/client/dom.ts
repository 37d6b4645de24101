// Creates DOM elements. Text is never parsed as HTML, and styles are never attributes: the content security policy
// forbids inline scripts and styles, so that text of the catalogue cannot become code.
import { createElement as createLucideIcon, type IconNode } from 'lucide'

type Child = Node | string | null
type Attribute = string | number | boolean | null

export interface ElementOptions {
  readonly class?: string
  readonly text?: string
  /** Attributes by name. False and null omit the attribute, true sets it without a value. */
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** CSS custom properties by name. */
  readonly variables?: Readonly<Record<string, string>>
  readonly click?: (event: MouseEvent) => void
}

export function createElement<Tag extends keyof HTMLElementTagNameMap> (
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  if (options.class !== undefined) node.className = options.class
  if (options.text !== undefined) node.textContent = options.text
  for (const [name, value] of Object.entries(options.attributes ?? {})) setAttribute(node, name, value)
  for (const [name, value] of Object.entries(options.variables ?? {})) node.style.setProperty(name, value)
  if (options.click !== undefined) node.addEventListener('click', options.click as EventListener)
  node.append(...children.filter((child) => child !== null))
  return node
}

export function setAttribute (target: Element, name: string, value: Attribute): void {
  if (value === null || value === false) target.removeAttribute(name)
  else target.setAttribute(name, value === true ? '' : String(value))
}

/** Creates a decorative icon, which screen readers skip. */
export function createIcon (node: IconNode): SVGElement {
  return createLucideIcon(node, { class: 'icon', 'aria-hidden': 'true', width: '1em', height: '1em' })
}

export function createButton (
  label: string,
  node: IconNode | null,
  click: () => void,
  className = 'button',
): HTMLButtonElement {
  return createElement(
    'button',
    { class: className, attributes: { type: 'button' }, click },
    node === null ? null : createIcon(node),
    createElement('span', { text: label }),
  )
}

/** Creates a button with an icon; the label is its accessible name and its tooltip. */
export function createIconButton (
  label: string,
  node: IconNode,
  click: (event: MouseEvent) => void,
  className = 'icon-button',
): HTMLButtonElement {
  return createElement('button', {
    class: className,
    attributes: { type: 'button', 'aria-label': label, title: label },
    click,
  }, createIcon(node))
}
