package i18n

// settingsTexts are the settings page's: the own password and the members.
var settingsTexts = map[string]row{
	"settings.screen":   {"This browser", "Trình duyệt này", "Acest browser", "Ta przeglądarka"},
	"settings.me":       {"Your account", "Tài khoản của bạn", "Contul dumneavoastră", "Twoje konto"},
	"settings.role":     {"Role", "Vai trò", "Rol", "Rola"},
	"settings.teams":    {"Teams", "Nhóm", "Echipe", "Zespoły"},
	"settings.sign_in":  {"May sign in", "Được đăng nhập", "Se poate autentifica", "Może się logować"},
	"settings.yourself": {"you", "bạn", "dumneavoastră", "to Ty"},

	"password.set":      {"Set a password", "Đặt mật khẩu", "Setează o parolă", "Ustaw hasło"},
	"password.change":   {"Change password", "Đổi mật khẩu", "Schimbă parola", "Zmień hasło"},
	"password.none":     {"You came in by a one-time link. Set a password so that you can sign in again.", "Bạn đã vào bằng liên kết dùng một lần. Hãy đặt mật khẩu để có thể đăng nhập lại.", "Ați intrat printr-un link de unică folosință. Setați o parolă ca să vă puteți autentifica din nou.", "Logowanie nastąpiło przez jednorazowy link. Ustaw hasło, aby móc zalogować się ponownie."},
	"password.about":    {"Changing it signs you out everywhere else.", "Đổi mật khẩu sẽ đăng xuất bạn ở mọi nơi khác.", "Schimbarea parolei vă deconectează peste tot în rest.", "Zmiana hasła wyloguje Cię wszędzie indziej."},
	"password.current":  {"Current password", "Mật khẩu hiện tại", "Parola actuală", "Obecne hasło"},
	"password.new":      {"New password", "Mật khẩu mới", "Parola nouă", "Nowe hasło"},
	"password.again":    {"New password again", "Nhập lại mật khẩu mới", "Parola nouă, din nou", "Powtórz nowe hasło"},
	"password.hint":     {"At least 12 characters. A few words in a row are easy to remember.", "Ít nhất 12 ký tự. Vài từ ghép lại sẽ dễ nhớ.", "Cel puțin 12 caractere. Câteva cuvinte la rând se țin minte ușor.", "Co najmniej 12 znaków. Kilka słów obok siebie łatwo zapamiętać."},
	"password.changed":  {"Your new password is set. You are signed out everywhere else.", "Đã đặt mật khẩu mới. Bạn đã được đăng xuất ở mọi nơi khác.", "Parola nouă a fost setată. Celelalte sesiuni au fost închise.", "Nowe hasło jest ustawione. Wylogowano Cię wszędzie indziej."},
	"password.mismatch": {"The two new passwords differ.", "Hai mật khẩu mới không giống nhau.", "Cele două parole noi diferă.", "Nowe hasła różnią się od siebie."},

	"members.add":     {"Add member", "Thêm thành viên", "Adaugă un membru", "Dodaj członka"},
	"members.new":     {"New member", "Thành viên mới", "Membru nou", "Nowy członek"},
	"members.about":   {"Who may sign in, and what they may do.", "Ai được đăng nhập và được làm gì.", "Cine se poate autentifica și ce are voie să facă.", "Kto może się logować i co może robić."},
	"members.hint":    {"Separate teams with commas.", "Phân cách các nhóm bằng dấu phẩy.", "Separați echipele prin virgule.", "Oddziel zespoły przecinkami."},
	"members.pass":    {"At least 12 characters. Tell it to them in person; they can change it here.", "Ít nhất 12 ký tự. Hãy trao tận tay; họ có thể đổi tại đây.", "Cel puțin 12 caractere. Spuneți-i-o personal; o poate schimba aici.", "Co najmniej 12 znaków. Przekaż je osobiście; można je tu zmienić."},
	"members.added":   {"{0} can sign in now.", "{0} đã có thể đăng nhập.", "{0} se poate autentifica acum.", "{0} może się już zalogować."},
	"members.off":     {"{0} can no longer sign in.", "{0} không còn đăng nhập được.", "{0} nu se mai poate autentifica.", "{0} nie może się już zalogować."},
	"members.may_in":  {"{0} may sign in", "{0} được đăng nhập", "{0} se poate autentifica", "{0} może się logować"},
	"members.role_of": {"Role of {0}", "Vai trò của {0}", "Rolul pentru {0}", "Rola: {0}"},

	"role.admin.text":   {"Does everything", "Làm được mọi việc", "Poate face orice", "Może wszystko"},
	"role.analyst.text": {"Reads all, edits drafts", "Xem tất cả, sửa bản nháp", "Vede tot, editează schițe", "Widzi wszystko, edytuje szkice"},
	"role.agent.text":   {"Works on records and tasks", "Làm việc với bản ghi và công việc", "Lucrează cu înregistrări și sarcini", "Pracuje na rekordach i zadaniach"},
	"role.viewer.text":  {"Only looks", "Chỉ xem", "Doar privește", "Tylko ogląda"},

	"wrong.wrong_password": {"This is not your current password.", "Đây không phải mật khẩu hiện tại của bạn.", "Aceasta nu este parola dumneavoastră actuală.", "To nie jest Twoje obecne hasło."},
	"wrong.bad_length":     {"Use 12 to 128 characters.", "Hãy dùng 12 đến 128 ký tự.", "Folosiți între 12 și 128 de caractere.", "Użyj od 12 do 128 znaków."},
	"wrong.bad_name":       {"Give a name of at most 200 characters.", "Nhập tên tối đa 200 ký tự.", "Introduceți un nume de cel mult 200 de caractere.", "Podaj nazwę, najwyżej 200 znaków."},
	"wrong.bad_email":      {"This is not an e-mail address.", "Đây không phải địa chỉ e-mail.", "Aceasta nu este o adresă de e-mail.", "To nie jest adres e-mail."},
	"wrong.bad_team":       {"A team's name has 1 to 64 characters.", "Tên nhóm có 1 đến 64 ký tự.", "Numele unei echipe are între 1 și 64 de caractere.", "Nazwa zespołu ma od 1 do 64 znaków."},
	"wrong.email_taken":    {"This e-mail belongs to another member.", "E-mail này thuộc về thành viên khác.", "Acest e-mail aparține altui membru.", "Ten e-mail należy do innego członka."},
	"wrong.last_admin":     {"This is the last admin. Make somebody else an admin first.", "Đây là quản trị viên cuối cùng. Hãy trao quyền quản trị cho người khác trước.", "Acesta este ultimul administrator. Numiți mai întâi alt administrator.", "To ostatni administrator. Najpierw nadaj tę rolę komuś innemu."},
	"wrong.rate":           {"Too many tries. Wait a little and try again.", "Thử quá nhiều lần. Hãy chờ một chút rồi thử lại.", "Prea multe încercări. Așteptați puțin și încercați din nou.", "Zbyt wiele prób. Odczekaj chwilę i spróbuj ponownie."},

	"live.pause":  {"Pause the demo", "Tạm dừng bản demo", "Oprește demonstrația", "Wstrzymaj demo"},
	"live.resume": {"Resume the demo", "Tiếp tục bản demo", "Reia demonstrația", "Wznów demo"},
	"live.slower": {"Slower", "Chậm hơn", "Mai încet", "Wolniej"},
	"live.faster": {"Faster", "Nhanh hơn", "Mai repede", "Szybciej"},
	"live.rate":   {"{0}/s", "{0}/giây", "{0}/s", "{0}/s"},
	"live.rates":  {"Sample events a second", "Số sự kiện mẫu mỗi giây", "Evenimente de probă pe secundă", "Przykładowe zdarzenia na sekundę"},
	"live.paused": {"Paused", "Tạm dừng", "Oprit", "Wstrzymane"},
}
