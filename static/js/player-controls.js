// The player's stage, waveform slider and bar of buttons, built once round the media element.
import { icon, make } from "./dom.js";

function button(name, label, act, kind = "") {
  const node = make("button", { type: "button", class: kind, "aria-label": label, title: label }, icon(name));
  node.addEventListener("click", act);
  return node;
}

function speedChoice(player, speeds) {
  const select = make("select", { "aria-label": "Speed" });
  for (const speed of speeds) select.append(make("option", { value: speed, selected: speed === 1 }, `${speed}×`));
  select.addEventListener("change", () => player.speed(Number(select.value)));
  return select;
}

function slider() {
  const attributes = { class: "player-wave is-empty", role: "slider", tabindex: "0", "aria-label": "Position", "aria-valuemin": "0" };
  return make("div", attributes, make("canvas"), make("span", { class: "player-head" }));
}

/** Builds everything round `player.media`; returns the parts and the ways to show a change. */
export function buildControls(player, speeds) {
  const stage = make("div", { class: "player-stage" });
  const wave = slider();
  const play = button("play", "Play", () => player.toggle(), "player-play");
  const sound = button("sound", "Mute", () => player.mute());
  const time = make("span", { class: "player-clock" });
  const speed = speedChoice(player, speeds);
  const bar = make(
    "div",
    { class: "player-bar" },
    play,
    button("skip-back", "Back 3 seconds", () => player.jump(-3)),
    button("skip-on", "On 3 seconds", () => player.jump(3)),
    button("frame-back", "One frame back", () => player.frame(-1), "player-frame"),
    button("frame-on", "One frame on", () => player.frame(1), "player-frame"),
    time,
    speed,
    sound,
  );
  if (player.dataset.kind === "audio") bar.querySelectorAll(".player-frame").forEach((node) => node.remove());
  player.prepend(stage);
  stage.append(player.media);
  player.append(wave, bar);
  return { stage, wave, speed, ...shows(player, play, sound, time, wave) };
}

function shows(player, play, sound, time, wave) {
  return {
    showPlaying(playing) {
      play.replaceChildren(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
      play.title = playing ? "Pause (k)" : "Play (k)";
    },
    showMuted(muted) {
      sound.replaceChildren(icon(muted ? "mute" : "sound"));
      sound.setAttribute("aria-label", muted ? "Sound on" : "Mute");
    },
    showTime(now, duration, clock) {
      time.textContent = `${clock(now, true)} / ${clock(duration)}`;
      wave.setAttribute("aria-valuemax", duration.toFixed(1));
      wave.setAttribute("aria-valuenow", now.toFixed(1));
      wave.setAttribute("aria-valuetext", `${clock(now)} of ${clock(duration)}`);
    },
    fail(message) {
      if (!player.querySelector(".player-error")) player.append(make("p", { class: "player-error", role: "alert" }, message));
    },
  };
}
