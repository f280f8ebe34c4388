import type { JsonObject } from 'lictor'
import type { Prediction } from 'lictor/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { changeSettings, type Setting, settingOf, type Template, words } from '../../model/community.js'
import { names } from '../../model/say.js'
import { communities } from '../../model/state.js'
import { attempt, working } from '../attempt.js'
import { Icon, iconNamed } from '../icons.js'
import { Why } from '../Why.js'

interface Props {
  id: string
  decision: Prediction | undefined
}

/** The settings with the policy's own words: to read for all who see the community, to change for its administrators. */
export function Settings({ id, decision }: Props): JSX.Element {
  const community = (communities.value[id] ?? {}) as JsonObject
  const [draft, setDraft] = useState<{ [at: string]: string }>({})
  const { settings, templates } = words()
  const may = decision?.decision === 'allow'
  const changed = settings.filter(
    (setting) => (draft[setting.at] ?? settingOf(community, setting)) !== settingOf(community, setting),
  )
  const save = (): Promise<void> =>
    attempt('Settings changed.', async () => {
      await changeSettings(id, Object.fromEntries(changed.map(({ at }) => [at, draft[at] ?? ''])))
      setDraft({})
    })
  return (
    <section class="panel" aria-labelledby="settings-head" data-testid="settings" data-may={may}>
      <h2 id="settings-head">Settings</h2>
      {!may && decision && (
        <details class="rule settings-why">
          <summary>Why {names.value.subject} does not change them</summary>
          <Why action="update" decision={decision} names={names.value} />
        </details>
      )}
      {may && <Templates templates={templates} choose={(template) => setDraft({ ...draft, ...template.settings })} />}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {settings.map((setting) => (
          <Choice
            key={setting.key}
            setting={setting}
            may={may}
            value={draft[setting.at] ?? settingOf(community, setting)}
            choose={(value) => setDraft({ ...draft, [setting.at]: value })}
          />
        ))}
        {changed.length > 0 && (
          <div class="buttons settings-save">
            <button type="submit" class="solid" data-testid="save-settings" disabled={working.value}>
              Save {changed.length === 1 ? 'one change' : `${changed.length} changes`}
            </button>
            <button type="button" class="plain" onClick={() => setDraft({})}>
              Leave as it was
            </button>
          </div>
        )}
      </form>
    </section>
  )
}

function Templates(props: { templates: Template[]; choose: (template: Template) => void }): JSX.Element {
  const { templates, choose } = props
  const [reason, setReason] = useState('')
  return (
    <label class="labelled templates">
      Start from a template
      <select
        data-testid="template"
        value=""
        onChange={(event) => {
          const template = templates.find(({ key }) => key === event.currentTarget.value)
          if (!template) return
          setReason(`${template.label}: ${template.reason}`)
          choose(template)
        }}
      >
        <option value="">What kind of community is it?</option>
        {templates.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
      {reason && <small>{reason}</small>}
    </label>
  )
}

interface ChoiceProps {
  setting: Setting
  may: boolean
  value: string
  choose: (value: string) => void
}

function Choice({ setting, may, value, choose }: ChoiceProps): JSX.Element {
  const current = setting.values.find((one) => one.value === value)
  return (
    <fieldset class="setting" data-testid={`setting-${setting.key}`} data-value={value}>
      <legend>{setting.label}</legend>
      <p class="aside">{setting.description}</p>
      {!may && current && (
        <p class="setting-is">
          <Icon name={iconNamed(current.icon)} />
          <span>
            <b>{current.label}</b>
            <small>{current.effect}</small>
          </span>
        </p>
      )}
      {may && (
        <div class="values">
          {setting.values.map((one) => (
            <label key={one.value} class="value" data-chosen={one.value === value}>
              <input
                type="radio"
                name={setting.key}
                value={one.value}
                checked={one.value === value}
                data-testid={`set-${setting.key}-${one.value}`}
                onChange={() => choose(one.value)}
              />
              <Icon name={iconNamed(one.icon)} />
              <span>
                <b>{one.label}</b>
                <small>{one.effect}</small>
              </span>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  )
}
