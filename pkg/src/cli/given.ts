/** Values as they are given on a command line: `KEY=VALUE` is text, `KEY:=JSON` anything else. */

import type { Json, JsonObject } from '../types.js'
import { usage } from './failure.js'

export interface Given {
  key: string
  value: Json
}

/** The values, each key once. */
export function givenValues(texts: string[]): Given[] {
  const given = texts.map(givenValue)
  const twice = given.find(({ key }, i) => given.findIndex((other) => other.key === key) < i)
  if (twice) throw usage(`\`${twice.key}\` was given twice`)
  return given
}

/** The same as an object. `fromEntries` defines properties; assigning would trip over `__proto__`. */
export function givenObject(texts: string[]): JsonObject {
  return Object.fromEntries(givenValues(texts).map(({ key, value }) => [key, value]))
}

/** For options that may be given more than once. */
export function collected(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** Several words in one argument: `member,publisher`. */
export function wordsOf(text: string): string | string[] {
  const words = text.split(',').filter((word) => word !== '')
  return words.length === 1 ? (words[0] ?? text) : words
}

function givenValue(text: string): Given {
  const at = text.indexOf('=')
  const json = text.charAt(at - 1) === ':'
  const key = text.slice(0, json ? at - 1 : Math.max(at, 0))
  if (key === '') throw usage(`\`${text}\` is not KEY=VALUE (text) or KEY:=JSON (a number, a list, ...)`)
  const value = text.slice(at + 1)
  return { key, value: json ? parsed(key, value) : value }
}

function parsed(key: string, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw usage(`what stands after \`${key}:=\` is not JSON; \`${key}=...\` gives text`)
  }
}
