package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// pace is how fast the demo's simulator makes events.
type pace struct {
	Rate   float64 `json:"rate"`
	Paused bool    `json:"paused"`
}

// paces are the rates on offer, in events a second.
var paces = []float64{0.2, 0.5, 1, 2, 5, 10, 20}

// slower and faster are the neighbours on the scale; at its ends it stays.
func (p pace) slower() float64 {
	for i := len(paces) - 1; i >= 0; i-- {
		if paces[i] < p.Rate {
			return paces[i]
		}
	}
	return p.Rate
}

func (p pace) faster() float64 {
	for _, v := range paces {
		if v > p.Rate {
			return v
		}
	}
	return p.Rate
}

// readPace asks how fast the simulator is; nothing is shown while unknown.
func (p *livePage) readPace(r *Root) {
	load(r, "/api/simulator", func(got pace, err error) {
		if err == nil {
			p.pace = &got
		}
	})
}

func (p *livePage) setPace(r *Root, want pace) {
	if want.Rate <= 0 {
		want.Rate = 1
	}
	was := *p.pace
	p.pace = &want // at once, so that quick clicks add up
	call(r, "POST", "/api/simulator", 0, want, func(got pace, err error) {
		if r.fail(err) {
			p.pace = &was
		}
	})
}

// paceView is the simulator's small remote control.
func (p *livePage) paceView(r *Root) ui.UI {
	if p.pace == nil || !r.me.demo || !r.mayAdmin() {
		return nil
	}
	now := *p.pace
	mark, text := "pause", r.t("live.pause")
	said, class := r.t("live.rate", strconv.FormatFloat(now.Rate, 'f', -1, 64)), ""
	if now.Paused {
		mark, text, said, class = "play", r.t("live.resume"), r.t("live.paused"), "is-off"
	}
	step := func(id, iconName, text string, rate float64) ui.UI {
		return button(id, "ghost icon s", iconName, text, func() { p.setPace(r, pace{Rate: rate}) }, rate).Attr("disabled", rate == now.Rate)
	}
	return ui.Elem("div").Class("pace").Role("group").Aria("label", r.t("live.rates")).Body(
		button("pace-pause", "ghost icon s", mark, text, func() { p.setPace(r, pace{now.Rate, !now.Paused}) }, now.Rate, now.Paused),
		ui.Elem("span").Class("rule"),
		step("pace-slower", "minus", r.t("live.slower"), now.slower()),
		ui.Elem("output").Class(class).Title(r.t("live.rates")).Aria("live", "polite").Text(said),
		step("pace-faster", "plus", r.t("live.faster"), now.faster()))
}
