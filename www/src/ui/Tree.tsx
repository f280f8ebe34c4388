import type { ExplanationNode } from 'lictor'
import type { JSX } from 'preact'
import type { Names } from '../words/names.js'
import { reasonSentence } from '../words/reasons.js'
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

/** A rule with the answer of each of its parts. */
export function Tree({ node, names }: { node: ExplanationNode; names: Names }): JSX.Element {
  return (
    <ul class="tree">
      <Branch node={node} names={names} />
    </ul>
  )
}

function Branch({ node, names }: { node: ExplanationNode; names: Names }): JSX.Element {
  const said = node.reason
    ? reasonSentence(node.reason, names)
    : [JOINTS[node.op], node.name?.replaceAll('_', ' ')].filter(Boolean).join(' · ')
  return (
    <li>
      <span class="leaf">
        <AnswerMark answer={node.value} />
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
