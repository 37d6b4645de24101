// Making elements. Text is always text and styles are never attributes: the page's policy allows neither inline scripts nor
// inline styles, so that nothing that a catalogue holds can become code.
import { createElement as createIcon, type IconNode } from 'lucide'

type Child = Node | string | null
type Attribute = string | number | boolean | null

export interface Options {
  readonly class?: string
  readonly text?: string
  /** Attributes by name; false and null leave them out, true is the bare attribute. */
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** CSS custom properties by name. */
  readonly variables?: Readonly<Record<string, string>>
  readonly click?: (event: MouseEvent) => void
}

export function element<Tag extends keyof HTMLElementTagNameMap> (
  tag: Tag,
  options: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (options.class !== undefined) made.className = options.class
  if (options.text !== undefined) made.textContent = options.text
  for (const [name, value] of Object.entries(options.attributes ?? {})) setAttribute(made, name, value)
  for (const [name, value] of Object.entries(options.variables ?? {})) made.style.setProperty(name, value)
  if (options.click !== undefined) made.addEventListener('click', options.click as EventListener)
  made.append(...children.filter((child) => child !== null))
  return made
}

export function setAttribute (target: Element, name: string, value: Attribute): void {
  if (value === null || value === false) target.removeAttribute(name)
  else target.setAttribute(name, value === true ? '' : String(value))
}

/** A picture beside words or inside a labelled button: silent for screen readers. */
export function icon (node: IconNode): SVGElement {
  return createIcon(node, { class: 'icon', 'aria-hidden': 'true', width: '1em', height: '1em' })
}

export function button (
  label: string,
  node: IconNode | null,
  click: () => void,
  className = 'button',
): HTMLButtonElement {
  return element(
    'button',
    { class: className, attributes: { type: 'button' }, click },
    node === null ? null : icon(node),
    element('span', { text: label }),
  )
}

/** A button that is only a picture, with its words for screen readers and as a tooltip. */
export function iconButton (
  label: string,
  node: IconNode,
  click: (event: MouseEvent) => void,
  className = 'icon-button',
): HTMLButtonElement {
  return element('button', {
    class: className,
    attributes: { type: 'button', 'aria-label': label, title: label },
    click,
  }, icon(node))
}
