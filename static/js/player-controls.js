// The player's stage, waveform slider and bars of buttons, built once round the media element.
import { icon, make } from "./dom.js";
import { brightPictures } from "./theme.js";
import { _ } from "./words.js";

function button(name, label, act, kind = "") {
  const node = make("button", { type: "button", class: kind, "aria-label": label, title: label }, icon(name));
  node.addEventListener("click", act);
  return node;
}

function worded(name, words, label, act, kind = "") {
  const node = button(name, label, act, `player-worded ${kind}`);
  node.append(make("span", { "aria-hidden": "true" }, words));
  return node;
}

// Shown by night patrol only, which dims pictures: a click shows them as they are, another dims them again.
function brightSwitch() {
  const { dataset } = document.documentElement;
  const node = worded("sun", _("Full light"), _("Pictures at full brightness, in their own colours"), () => brightPictures(dataset.pictures !== "bright"), "player-bright");
  const show = () => node.setAttribute("aria-pressed", String(dataset.pictures === "bright"));
  document.addEventListener("blotter:theme", show);
  show();
  return node;
}

function speedChoice(player, speeds) {
  const select = make("select", { "aria-label": _("Speed"), title: _("Speed (< and >)") });
  for (const speed of speeds) select.append(make("option", { value: speed, selected: speed === 1 }, `${speed}×`));
  select.addEventListener("change", () => player.speed(Number(select.value)));
  return select;
}

function slider() {
  const attributes = { class: "player-wave is-empty", role: "slider", tabindex: "0", "aria-label": _("Position"), "aria-valuemin": "0" };
  return make("div", attributes, make("canvas"), make("span", { class: "player-span", hidden: true }), make("span", { class: "player-head" }));
}

function toolsOf(player) {
  const { dataset } = player;
  const tools = make("div", { class: "player-tools", role: "group", "aria-label": _("More of the player") });
  if (player.knows("b")) tools.append(worded("boxes", _("Boxes"), _("Boxes on the picture (b)"), () => player.boxes(), "player-boxes"));
  if (player.knows("c")) tools.append(worded("link", _("Link"), _("Copy a link to this second (c)"), () => player.link()));
  if (dataset.excerpts) {
    tools.append(
      worded("from", _("Start"), _("Start of a clip (i)"), () => player.mark("from")),
      worded("until", _("End"), _("End of a clip (o)"), () => player.mark("until")),
      worded("cut", _("Clip"), _("Cut a clip"), () => player.cut.go("clip"), "player-clip"),
    );
    if (dataset.kind !== "audio") tools.append(worded("camera", _("Still"), _("Take a still of this moment"), () => player.cut.go("still")));
  }
  if (dataset.kind !== "audio") tools.append(brightSwitch());
  if (player.knows("f")) tools.append(worded("wide", _("Wide"), _("Wide: the whole screen"), () => player.wide(), "player-wide"));
  return tools;
}

/** Builds everything round `player.media`; returns the parts and the ways to show a change. */
export function buildControls(player, speeds) {
  const stage = make("div", { class: "player-stage" });
  const wave = slider();
  const play = button("play", _("Play"), () => player.toggle(), "player-play");
  const sound = button("sound", _("Mute"), () => player.mute(), "player-sound");
  const time = make("span", { class: "player-clock" }, make("span", {}), make("span", { class: "player-length" }));
  const speed = speedChoice(player, speeds);
  const tools = toolsOf(player);
  const more = button("more", _("More"), () => unfold(more, tools), "player-more");
  more.setAttribute("aria-expanded", "false");
  const bar = make(
    "div",
    { class: "player-bar" },
    play,
    button("skip-back", _("Back 3 seconds"), () => player.jump(-3)),
    button("skip-on", _("On 3 seconds"), () => player.jump(3)),
    button("frame-back", _("One frame back"), () => player.frame(-1), "player-frame"),
    button("frame-on", _("One frame on"), () => player.frame(1), "player-frame"),
    time,
    speed,
    sound,
    ...(player.knows("f") ? [button("wide", _("Whole screen (f)"), () => player.wide(), "player-wide")] : []),
    button("keys", _("Shortcuts (?)"), () => player.help(), "player-help"),
    more,
  );
  if (player.dataset.kind === "audio") bar.querySelectorAll(".player-frame").forEach((node) => node.remove());
  player.prepend(stage);
  stage.append(player.media);
  player.append(wave, bar, tools);
  return { stage, wave, speed, ...shows(player, play, sound, time, wave), ...showsOfTools(player, tools, wave) };
}

function unfold(more, tools) {
  const open = tools.classList.toggle("is-open");
  more.setAttribute("aria-expanded", String(open));
}

function shows(player, play, sound, time, wave) {
  return {
    showPlaying(playing) {
      play.replaceChildren(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", playing ? _("Pause") : _("Play"));
      play.title = playing ? _("Pause (k)") : _("Play (k)");
    },
    showMuted(muted) {
      sound.replaceChildren(icon(muted ? "mute" : "sound"));
      sound.setAttribute("aria-label", muted ? _("Sound on") : _("Mute"));
    },
    showTime(now, duration, clock) {
      time.firstChild.textContent = clock(now, true);
      time.lastChild.textContent = clock(duration);
      wave.setAttribute("aria-valuemax", duration.toFixed(1));
      wave.setAttribute("aria-valuenow", now.toFixed(1));
      wave.setAttribute("aria-valuetext", _("{now} of {duration}", { now: clock(now), duration: clock(duration) }));
    },
    fail(message) {
      if (!player.querySelector(".player-error")) player.append(make("p", { class: "player-error", role: "alert" }, message));
    },
  };
}

function showsOfTools(player, tools, wave) {
  const span = wave.querySelector(".player-span");
  const clip = tools.querySelector(".player-clip");
  const boxes = tools.querySelector(".player-boxes");
  return {
    /** The seconds marked for a clip, over the waveform. */
    showSpan(from, until, duration) {
      span.hidden = (from === null && until === null) || !duration;
      span.style.left = `${((from ?? 0) / duration) * 100}%`;
      span.style.right = `${100 - ((until ?? from ?? 0) / duration) * 100}%`;
    },
    clipLabel(words) {
      if (!clip) return;
      clip.querySelector("span").textContent = words ? `${_("Clip")} ${words}` : _("Clip");
      clip.setAttribute("aria-label", words ? `${_("Cut a clip")}, ${words}` : _("Cut a clip"));
    },
    showBoxes(on) {
      boxes?.setAttribute("aria-pressed", String(on));
    },
    /** Where a page may not copy, the address to copy by hand. */
    offerLink(address) {
      const field = make("input", { readonly: true, value: address, "aria-label": _("Link to this second") });
      player.querySelector(".player-link")?.remove();
      player.append(make("div", { class: "player-link" }, field));
      field.focus();
      field.select();
    },
  };
}
