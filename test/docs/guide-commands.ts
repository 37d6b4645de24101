// The commands of a guide and the output that it promises. Runs them in one shell, in order.
import { readFileSync } from 'node:fs'
import { runProcess } from '../support/run-process.js'

export interface GuideStep {
  /** Heading, or bold start of a paragraph, above the command. */
  readonly heading: string
  readonly command: string
  /** Text that the command prints; `…` stands for anything. Null if the guide shows none. */
  readonly output: string | null
}

const BLOCK = /^(?:#+ (?<heading>[^\n]+)$|\*\*(?<bold>[^*\n]+?)\.?\*\*|```(?<language>\w+)\n(?<text>.*?)^```$)/gms
const OUTPUT_LANGUAGES = ['json', 'text']
const STEP_END = '=== end of step'
/** With the time in seconds; bash 3 has no clock. */
const STEP_END_LINE = new RegExp(`${STEP_END} ([\\d.,]*)\\n`)

/** Reads the shell commands of a page. A JSON or text block directly after one is its output. */
export function readSteps (file: string): GuideStep[] {
  const page = readFileSync(file, 'utf8')
  const steps: GuideStep[] = []
  let heading = ''
  let canFollow = -1
  for (const { index, 0: { length }, groups = {} } of page.matchAll(BLOCK)) {
    const { heading: title = groups['bold'], language = '', text = '' } = groups
    if (title !== undefined) heading = title
    else if (language === 'sh') {
      steps.push({ heading, command: text, output: null })
      canFollow = index + length
    } else if (OUTPUT_LANGUAGES.includes(language)) {
      const step = steps.pop()
      if (step === undefined || page.slice(canFollow, index).trim() !== '') {
        throw new Error(`${file}: the output under "${heading}" follows no command`)
      }
      steps.push({ ...step, output: text })
    }
  }
  return steps
}

/** TypeScript examples of a page. */
export function readTypeScript (file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text)
}

/** An expression for an output: `…` matches anything; white space and the layout of JSON do not matter. */
export function toOutputPattern (output: string): RegExp {
  const parts = output.trim().split('…').map((part) => part.replace(/\s+/g, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*?')}$`, 's')
}

export const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

export interface StepResults {
  /** Fewer than steps after a command that failed. */
  readonly outputs: string[]
  /** How long each step took, ms; NaN with bash 3. */
  readonly durationsMs: number[]
  readonly errors: string
}

/** Runs the steps against a service, in one shell. */
export async function runSteps (steps: readonly GuideStep[], origin: string): Promise<StepResults> {
  const mark = `echo "${STEP_END} \${EPOCHREALTIME:-}"\n`
  const script = mark + steps.map(({ command }) => `${command}\n${mark}`).join('')
  const { code, out, err } = await runProcess('bash', ['-euo', 'pipefail', '-c', script], {
    variables: { API: origin, NODE_OPTIONS: '' },
  })
  // Texts and times alternate; the first text is empty.
  const parts = out.split(STEP_END_LINE)
  const times = parts.filter((_, i) => i % 2 === 1).map((text) => parseFloat(text.replace(',', '.')) * 1_000)
  const texts = parts.filter((_, i) => i % 2 === 0).slice(1)
  const rest = texts.pop() ?? ''
  return {
    outputs: texts,
    durationsMs: times.slice(1).map((time, i) => Math.round(time - (times[i] ?? NaN))),
    errors: code === 0 ? '' : `exit code ${String(code)}: ${rest}${err}`,
  }
}
