import type { Answer, ExplanationNode } from 'lictor'
import type { JSX } from 'preact'
import type { Names } from '../words/names.js'
import { claim } from '../words/reasons.js'
import { AnswerMark } from './icons.js'

const JOINTS: { [op in ExplanationNode['op']]: string } = {
  any: 'any of',
  all: 'all of',
  not: 'not',
  if: 'if, then, else',
  is: '',
  always: 'always',
  never: 'never',
  named: 'rule',
}

const HOLDS: { [answer in Answer]: string } = { allow: 'Holds: ', deny: 'Does not hold: ', unknown: 'Not known: ' }

/** A rule with the answer of each of its parts. */
export function Tree({ node, names }: { node: ExplanationNode; names: Names }): JSX.Element {
  return (
    // A region that scrolls sideways must be reachable with the keyboard.
    <div class="tree" tabIndex={0} role="region" aria-label="The rule">
      <ul>
        <Branch node={node} names={names} />
      </ul>
    </div>
  )
}

function Branch({ node, names }: { node: ExplanationNode; names: Names }): JSX.Element {
  const said = node.reason
    ? claim(node.reason, names)
    : [JOINTS[node.op], node.name?.replaceAll('_', ' ')].filter(Boolean).join(' · ')
  return (
    <li>
      <span class="leaf">
        <AnswerMark answer={node.value} said={HOLDS[node.value]} />
        {said}
      </span>
      {node.children && node.children.length > 0 && (
        <ul>
          {node.children.map((child, i) => (
            <Branch key={i} node={child} names={names} />
          ))}
        </ul>
      )}
    </li>
  )
}
