// Pieces of HTML whose roles and names tests/browser/roles.test.mjs compares with a browser's.

const WRITTEN = `
<button>Save</button>
<button type="submit" disabled>Send <b>now</b></button>
<button aria-label="Close"><span aria-hidden="true">×</span></button>
<button title="Undo the last step"></button>
<button title="Why">Delete</button>
<button><img src="x.png" alt="Search"></button>
<button><svg aria-hidden="true"><path d="M0 0"/></svg> Filter</button>
<button><svg><title>Menu</title><path d="M0 0"/></svg></button>
<button><span hidden>secret</span>Open</button>
<button><span style="display: none">secret</span>Open</button>
<button><div>Two</div><div>lines</div></button>
<button>  a
  b   c </button>
<button>Cart<span>3</span></button>
<button>Cart <span>3</span></button>
<button aria-labelledby="l1 l2">x</button><span id="l1">First</span><span id="l2">Second</span>
<button aria-labelledby="gone">Fallback</button>
<button aria-labelledby="self" id="self" aria-label="Label">Content</button>
<button aria-label="  ">Blank label</button>
<button aria-labelledby="h1">x</button><span id="h1" hidden>Hidden <b>label</b></span>
<label>Press <button>the button</button></label>
<div role="button" tabindex="0">A div</div>
<div role="button"><ul><li>One</li><li>Two</li></ul></div>
<span role="nonsense button">Second role</span>
<span role="nonsense">No role</span>
<span role="BUTTON">Upper case</span>
<button role="none">Still a button</button>
<button role="tab" aria-selected="true">Details</button>
<button role="switch" aria-checked="true">Wi-Fi</button>
<button popovertarget="p">More</button><div popover id="p"><a href="#">Hidden link</a></div>
<a href="/home">Home</a>
<a>No address</a>
<a href="/x"><img src="l.png" alt="Logo"></a>
<a href="/x"><img src="l.png" alt=""> Text</a>
<a href="/x" aria-current="page">Here</a>
<a href="/x" title="To the shop"></a>
<a href="/x"><h3>Card</h3><p>Its text</p></a>
<a href="/x" aria-hidden="true">Left out</a>
<a href="/x" hidden>Left out</a>
<div aria-hidden="true"><a href="/x">Left out</a></div>
<div hidden><a href="/x">Left out</a></div>
<div style="display:none"><a href="/x">Left out</a></div>
<div style="visibility:hidden"><a href="/x">Left out</a></div>
<div style="color: red; DISPLAY : none"><button>Left out</button></div>
<div style="display: none; display: block"><button>Shown after all</button></div>
<h1>One</h1><h2>Two</h2><h3>Three</h3><h4>Four</h4><h5>Five</h5><h6>Six</h6>
<h2><a href="/x">Linked</a></h2>
<h2>With <code>code</code> and <em>stress</em></h2>
<h2 aria-label="Said">Written</h2>
<div role="heading" aria-level="3">By role</div>
<div role="heading">Without a level</div>
<h2>Line<br>break</h2>
<hgroup><h1>Title</h1><p>Subtitle</p></hgroup>
<header>Of the page</header>
<article><header>Of an article</header><footer>Its end</footer></article>
<section><header>Of a section</header></section>
<main><header>In main</header><footer>In main</footer></main>
<nav><header>In nav</header></nav>
<aside><footer>In aside</footer></aside>
<div role="article"><header>In a role</header></div>
<footer>Of the page</footer>
<header role="banner">Said</header>
<main>Main</main>
<nav aria-label="Main"><a href="/">Home</a></nav>
<nav aria-labelledby="n"><h2 id="n">Pages</h2></nav>
<aside>Beside</aside>
<aside aria-label="Tips">Beside</aside>
<section>Nameless</section>
<section aria-label="News">Named</section>
<section aria-labelledby="s"><h2 id="s">News</h2></section>
<form>Nameless<input name="a"></form>
<form aria-label="Sign in"><input type="email" aria-label="E-mail"></form>
<form aria-labelledby="f"><h2 id="f">Join</h2></form>
<search><input type="search" aria-label="Find"></search>
<form role="search"><input type="search" placeholder="Find"></form>
<article>Article</article>
<article aria-label="Post"><h2>Post</h2></article>
<ul><li>One</li><li>Two</li></ul>
<ol><li>One</li></ol>
<menu><li><button>Cut</button></li></menu>
<ul role="list"><li>One</li></ul>
<ul role="none"><li>One</li></ul>
<ul role="presentation"><li><a href="/x">One</a></li></ul>
<ul role="menu"><li role="menuitem">Cut</li><li role="separator"></li><li role="menuitemcheckbox" aria-checked="true">Bold</li></ul>
<ul role="tree"><li role="treeitem" aria-level="2">Leaf</li></ul>
<ul role="listbox" aria-label="Fruit"><li role="option" aria-selected="true">Pear</li></ul>
<ul aria-label="Steps"><li aria-label="First">One</li></ul>
<li>Alone</li>
<dl><dt>Term</dt><dd>Meaning</dd></dl>
<dl><div><dt>Term</dt><dd>Meaning</dd></div></dl>
<table><caption>Prices</caption><thead><tr><th>Ware</th><th>Price</th></tr></thead><tbody><tr><td>Pear</td><td>2</td></tr></tbody></table>
<table><tbody><tr><th scope="row">Pear</th><td>2</td></tr></tbody></table>
<table><tr><th>Pear</th><td>2</td></tr><tr><th>Apple</th><td>3</td></tr></table>
<table><tr><td>2</td><th>Pear</th></tr></table>
<table><tr><th scope="col">A</th><th scope="colgroup">B</th><th scope="rowgroup">C</th></tr></table>
<table><tr><th></th><th>A</th></tr><tr><th>B</th><td></td></tr></table>
<table role="grid"><tr><td>Cell</td></tr></table>
<table role="presentation"><tr><td>Layout</td></tr></table>
<table role="none"><tr><td><button>In it</button></td></tr></table>
<table aria-label="Said"><caption>Written</caption><tfoot><tr><td>Sum</td></tr></tfoot></table>
<table summary="Old"><tr><td>x</td></tr></table>
<table><tr><td><input aria-label="Amount" value="3"> pieces</td></tr></table>
<div role="table" aria-label="By roles"><div role="rowgroup"><div role="row"><span role="columnheader">A</span><span role="cell">1</span></div></div></div>
<div role="grid"><div role="row"><div role="gridcell">1</div><div role="rowheader">2</div></div></div>
<img src="x.png" alt="A cat">
<img src="x.png" alt="">
<img src="x.png">
<img src="x.png" alt="" title="Titled">
<img src="x.png" alt="" aria-label="Labelled">
<img src="x.png" title="Titled">
<img src="x.png" alt="A" role="presentation">
<img src="x.png" alt="A" aria-hidden="true">
<svg><path d="M0 0"/></svg>
<svg role="img" aria-label="Chart"><path d="M0 0"/></svg>
<svg><title>Titled</title></svg>
<svg aria-hidden="true"><title>Titled</title></svg>
<svg><a href="/x"><text>In a picture</text></a></svg>
<span role="img" aria-label="Party">🎉</span>
<figure><img src="x.png" alt="A"><figcaption>What it is</figcaption></figure>
<figure aria-label="Said"><figcaption>Written</figcaption></figure>
<figure><pre>code</pre></figure>
<picture><source srcset="y.png"><img src="x.png" alt="Pictured"></picture>
<map name="m"><area href="/x" alt="Region"></map><img usemap="#m" src="x.png" alt="Map">
<dialog open><p>Open</p></dialog>
<dialog><p>Closed</p></dialog>
<dialog open aria-labelledby="d"><h2 id="d">Sure?</h2><button>Yes</button></dialog>
<div role="dialog" aria-label="Settings"><button>OK</button></div>
<div role="alertdialog" aria-label="Stop"><button>OK</button></div>
<details><summary>More</summary><button>Hidden</button></details>
<details open><summary>More</summary><button>Shown</button></details>
<details><button>Hidden, as there is no summary</button></details>
<fieldset><legend>Size</legend><label><input type="radio" name="s"> Small</label></fieldset>
<fieldset aria-label="Said"><legend>Written</legend></fieldset>
<fieldset><div>No legend</div></fieldset>
<label for="a1">Name</label><input id="a1">
<label>Name <input></label>
<label>Name: <input value="Ann"></label>
<label for="b1">One</label><label for="b1">Two</label><input id="b1">
<label for="c1">Mail</label><input id="c1" aria-label="Said">
<label for="d1"><span>Rich</span> <b>label</b></label><textarea id="d1">Text</textarea>
<label>Remind me <input type="number" value="10"> minutes before <input type="checkbox"></label>
<input type="checkbox" id="e1"><label for="e1">Every <select><option>day</option><option selected>week</option></select></label>
<label><input type="checkbox"> Agree to the <a href="/t">terms</a></label>
<label for="f1" hidden>Hidden label</label><input id="f1">
<input title="Titled" placeholder="Placed">
<input placeholder="Placed">
<input type="password" placeholder="Secret"><input type="date" title="Day"><input type="color" aria-label="Colour">
<input aria-labelledby="g1" placeholder="x"><b id="g1">Referred</b>
<input type="submit"><input type="reset"><input type="button" value="Press"><input type="button">
<input type="submit" value="Go" title="Titled"><input type="image" alt="Send" src="x.png"><input type="image" src="x.png">
<input type="hidden" value="x"><input type="file" aria-label="Picture"><input type="file">
<input type="range" aria-label="Volume" min="0" max="9"><input type="number" aria-label="Count">
<input type="search" aria-label="Find"><input type="tel" aria-label="Phone"><input type="url" aria-label="Site"><input type="email" aria-label="Mail">
<input list="o" aria-label="City"><datalist id="o"><option value="Rome"></datalist>
<input list="none" aria-label="City">
<input type="search" list="o2" aria-label="Find"><datalist id="o2"><option value="x"></datalist>
<input type="radio" aria-label="A" checked><input type="checkbox" role="switch" aria-label="B">
<textarea aria-label="Comment"></textarea><textarea placeholder="Say it"></textarea>
<select aria-label="Size"><option>S</option><option selected>M</option></select>
<select multiple aria-label="Sizes"><option>S</option><optgroup label="Large"><option label="XL">x</option></optgroup></select>
<select size="3" aria-label="Tall"><option>S</option></select><select size="1" aria-label="Flat"><option>S</option></select>
<label>Size <select><option>S</option></select></label>
<output aria-label="Sum">3</output><output>3</output>
<progress aria-label="Loading" value="3" max="9"></progress><meter aria-label="Disk" value="0.5"></meter>
<label>Loading <progress value="3"></progress></label>
<div role="progressbar" aria-valuenow="3" aria-label="By role"></div>
<div role="status">Saved</div><div role="alert">Broken</div><div role="log">Line</div><div role="timer">1</div>
<div role="group" aria-label="Tools"><button>A</button></div><div role="toolbar" aria-label="Text"><button>B</button></div>
<div role="tablist"><button role="tab">One</button></div><div role="tabpanel" aria-label="One">Panel</div>
<div role="tooltip">Hint</div><div role="note">Note</div><div role="feed"><article>Post</article></div>
<div role="radiogroup" aria-label="Kind"><span role="radio" aria-checked="true">A</span></div>
<div role="combobox" aria-label="Pick" aria-expanded="false">x</div><div role="textbox" contenteditable>Edit</div>
<div role="slider" aria-valuetext="Low" aria-label="Level"></div><div role="spinbutton" aria-label="N" aria-valuenow="2"></div>
<div role="separator"></div><hr><div role="scrollbar" aria-label="Bar"></div>
<div role="region" aria-label="Named">x</div><div role="region">Nameless</div><div role="form">x</div>
<div role="main">x</div><div role="complementary">x</div><div role="navigation">x</div><div role="search">x</div>
<div role="application">x</div><div role="document">x</div><div role="math">x</div><div role="marquee">x</div>
<p>Paragraph with <strong>strong</strong>, <em>stress</em>, <code>code</code>, <mark>mark</mark>, <sub>1</sub> and <sup>2</sup></p>
<p><del>old</del> <ins>new</ins> <time datetime="2024-01-01">today</time> <dfn>term</dfn> <s>gone</s> <q>said</q></p>
<blockquote><p>Quoted</p></blockquote><pre>Pre</pre><address>Here</address>
<div>Plain <span>words</span></div><b>b</b><i>i</i><u>u</u><small>small</small><abbr title="Long">s</abbr>
<iframe title="Frame"></iframe><canvas></canvas><object></object><video controls></video><audio controls></audio>
<math><mi>x</mi></math>
<my-card><h2 slot="title">Slotted</h2><button>In a custom element</button></my-card>
<div tabindex="0">Focusable</div><div role="none" tabindex="0">Focusable</div><div role="none" aria-label="Labelled">x</div>
<ul role="none" aria-label="Labelled"><li>One</li></ul>
<template><button>Never</button></template>
<noscript><button>Without scripts</button></noscript>
<p>Style <style>p { color: red }</style><script>"no text"</script> and script</p>
<div aria-owns="owned"><button>Owner</button></div><span id="owned">Owned</span>
<button>&nbsp;Spaced&nbsp;&nbsp;out&nbsp;</button>
<button>Quote "double" and 'single' &lt;tag&gt; \\ back</button>
<button>Ünïcödé — 日本語</button>
<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>
<h3><span>In</span><span>line</span> <div>block</div>tail</h3>
<label>Outer <span role="button">Inner</span><input type="checkbox"></label>
<a href="/x"><span aria-label="Said">written</span> tail</a>
<a href="/x"><button>Inner</button> tail</a>
<div role="link"><input value="typed" aria-label="Said"></div><div role="button"><select><option>A</option><option selected>B</option></select></div>
<div role="cell">Alone</div><div role="row">Alone</div><div role="listitem">Alone</div><div role="option">Alone</div>
<nav><ul><li><a href="/a" aria-current="page">A</a></li><li><a href="/b">B</a></li></ul></nav>
<div class="card"><img src="x.png" alt="Shoe"><h3>Shoe</h3><p>Good shoe</p><button aria-label="Add Shoe">Add</button></div>
<div role="alert"><strong>Error:</strong> No name<button aria-label="Dismiss">×</button></div>
<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li aria-current="page">Shoes</li></ol></nav>
<nav aria-label="Pages"><button disabled>Previous</button><button aria-current="true">1</button><button>2</button></nav>
<form aria-label="Order"><fieldset disabled><legend>Card</legend><label>Number <input required></label></fieldset><button>Pay</button></form>
<table><tr><td rowspan="2">A</td><td>B</td></tr><tr><td>C</td></tr></table>
<div inert><button>Inert</button></div>
<span aria-label="Generic">x</span><p aria-label="Named paragraph">x</p>
<label for="z1">A</label><div id="z1" role="textbox" tabindex="0">Not labelable</div>
<label>Label only</label>
<label><input type="checkbox" checked> Ticked</label>
<label><input type="checkbox"> Not ticked</label>
<div role="checkbox" aria-checked="mixed" tabindex="0">In part</div>
<div role="checkbox" aria-checked="true" tabindex="0">Ticked by ARIA</div>
<div role="checkbox" tabindex="0">Nothing said</div>
<input type="checkbox" role="switch" checked aria-label="Switch">
<button role="switch" aria-checked="false">Off</button>
<label><input type="radio" name="size"> S</label><label><input type="radio" name="size" checked> M</label>
<div role="radiogroup" aria-label="Sizes"><div role="radio" aria-checked="true">L</div><div role="radio" aria-checked="false">XL</div></div>
<ul role="menu"><li role="menuitemcheckbox" aria-checked="true">Bold</li><li role="menuitemradio" aria-checked="false">Left</li></ul>
<button aria-pressed="true">Muted</button>
<button aria-pressed="false">Loud</button>
<button aria-pressed="mixed">Some muted</button>
<button aria-expanded="true" aria-controls="m">Menu</button><div id="m">Open</div>
<button aria-expanded="false">Menu</button>
<a href="#" aria-expanded="true">More</a>
<input role="combobox" aria-expanded="false" aria-label="Town">
<div role="tablist"><button role="tab" aria-selected="true">One</button><button role="tab" aria-selected="false">Two</button></div>
<select aria-label="Menu of options"><option>First</option><option>Second</option></select>
<select aria-label="Chosen"><option>First</option><option selected>Second</option></select>
<select aria-label="Disabled first"><option disabled>First</option><option>Second</option></select>
<select aria-label="List" size="3"><option>First</option><option>Second</option></select>
<select aria-label="Many" multiple><option selected>First</option><option selected>Second</option><option>Third</option></select>
<select aria-label="Twice"><option selected>First</option><option selected>Second</option></select>
<div role="listbox" aria-label="Own list"><div role="option" aria-selected="true">First</div><div role="option">Second</div></div>
<div role="grid"><div role="row" aria-selected="true"><div role="gridcell" aria-selected="false">Cell</div></div></div>
<ul role="tree"><li role="treeitem" aria-expanded="true" aria-selected="false" aria-level="1">Branch</li></ul>
<fieldset disabled><legend>Disabled <button>In the legend</button></legend><button>Inside</button><input aria-label="Text"></fieldset>
<fieldset><button>In one that is not</button></fieldset>
<input disabled aria-label="Disabled text">
<textarea disabled aria-label="Disabled lines"></textarea>
<select disabled aria-label="Disabled menu"><option>First</option></select>
<select multiple aria-label="Groups"><optgroup aria-label="Off" label="Off" disabled><option>In it</option></optgroup><option disabled>Off</option></select>
<button aria-disabled="true">Disabled by ARIA</button>
<div role="toolbar" aria-disabled="true"><button>Inside</button><button aria-disabled="false">But this</button></div>
<a href="#" aria-disabled="true">Disabled link</a>
<div hidden><button><b>Save</b></button><h3>Hidden heading</h3></div>
<div aria-hidden="true"><a href="#">Not told</a></div>
<button aria-owns="owned-part">Own <i>text</i></button><span id="owned-part">moved</span>
<button aria-owns="owned-block gone">Own</button><div id="owned-block">block</div>
<a href="#" aria-owns="owned-image"></a><img id="owned-image" src="x.png" alt="Owned picture">
<h2 aria-owns="h-a h-b">Title</h2><span id="h-a">one</span><span id="h-b">two</span>
<button id="round" aria-owns="trip">Round</button><span id="trip" aria-owns="round">trip</span>
`
  .trim()
  .split(/\n(?=<)/);

/** Every type of input with every way to name it. */
const INPUTS = [
  "text",
  "search",
  "email",
  "number",
  "range",
  "checkbox",
  "radio",
  "password",
  "submit",
  "button",
].flatMap((type) => [
  `<label>L <input type="${type}" value="1"></label>`,
  `<input type="${type}" value="1" title="T" placeholder="P">`,
  `<label for="i">L</label><input id="i" type="${type}" value="1" title="T">`,
  `<button><input type="${type}" value="1" aria-label="A"></button>`,
]);

export const SNIPPETS = [...WRITTEN, ...INPUTS];
